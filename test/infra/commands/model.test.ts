import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pull } from '../../../infra/hub/pull.ts';
import { compiledModel } from '../../../infra/local/compiled-model.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { temporaryFolder } from '../../gpu-backend/compiler/temporary-folder.ts';
import { jsonLines, runCli, startCli } from '../cli.ts';
import { commitOf, gitHash, sha256 } from '../hub/hub-server.ts';
import { MODEL_ID, SMALL_FILES, startHub, testContext } from '../hub/start-hub.ts';

const CHECKPOINT = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);
const WEIGHTS = await readFile(join(EMBEDDED_CHECKPOINT, 'model.safetensors'));
const FILES = { ...SMALL_FILES, 'model.safetensors': WEIGHTS };
const COMMIT = commitOf(FILES);

/** A home and a cache of its own, a hub that offers the embedded model, and the command line that uses them. */
async function setUp(files: Record<string, Uint8Array> = FILES) {
  const folder = await temporaryFolder();
  const hub = await startHub({ [MODEL_ID]: { branches: { main: files } } });
  const home = join(folder, 'home');
  const cache = join(folder, 'hf', 'hub');
  const environment = {
    TANDEM_HOME: home,
    HF_HOME: join(folder, 'hf'),
    HF_ENDPOINT: hub.url,
    // Whoever runs the tests may have set these.
    ...{ HF_HUB_CACHE: '', HUGGINGFACE_HUB_CACHE: '', HF_TOKEN: '', HF_HUB_OFFLINE: '' },
  };
  const tandem = (...args: string[]) => runCli(args, { environment });
  const models = join(home, 'models');
  // What the commands do, where they are not what is tested: a process costs a second.
  const pullHere = () =>
    pull(
      { id: MODEL_ID, revision: undefined },
      { context: testContext(hub, cache).context, onProgress: () => {} },
    );
  const buildHere = () =>
    compiledModel(MODEL_ID, { modelsDirectory: models, hubCache: cache, log: () => {} });
  return { folder, hub, home, models, cache, environment, tandem, pullHere, buildHere };
}

const oneLine = (message: RegExp) => expect.stringMatching(new RegExp(`^tandem: .*${message.source}.*\\n$`));
const KEPT = 'tandem--some-model-fp32';

describe('tandem model pull', () => {
  it('fetches a model, says where it is and how to serve it', async () => {
    const { cache, tandem } = await setUp();
    const { code, stdout, stderr } = await tandem('model', 'pull', MODEL_ID);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /^tandem\/some-model at [0-9a-f]{12}: 4 files, 10\.7 MB, in .* \(10\.7 MB fetched in \d/,
    );
    expect(stderr).toContain('npm start -- --model tandem/some-model');
    expect(
      existsSync(join(cache, 'models--tandem--some-model', 'snapshots', COMMIT, 'model.safetensors')),
    ).toBe(true);
    expect((await tandem('model', 'pull', MODEL_ID)).stderr).toContain('(all there already)');
  });

  /** Waits until so many bytes of the weights are in the cache. */
  const hasCome = async (cache: string, bytes: number) => {
    const part = join(cache, 'models--tandem--some-model', 'blobs', `${sha256(WEIGHTS)}.tandem-incomplete`);
    const partBytes = () =>
      stat(part).then(
        ({ size }) => size,
        () => 0,
      );
    await expect.poll(partBytes, { timeout: 20_000 }).toBe(bytes);
  };

  it('keeps what has come when it is stopped, tells the shell, and goes on from there', async () => {
    const { hub, cache, environment, tandem } = await setUp();
    hub.failAt(/^cdn:/, { stallAfter: 3_000_000 });
    const { child, result } = startCli(['model', 'pull', MODEL_ID], { environment });
    await hasCome(cache, 3_000_000);
    child.kill('SIGINT');
    expect(await result).toEqual({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/^Stopped\. .*\n$/),
    });
    expect(await tandem('model', 'pull', MODEL_ID)).toMatchObject({ code: 0 });
    expect(hub.requests.at(-1)).toMatchObject({ server: 'cdn', range: 'bytes=3000000-' });
  });

  it('goes on after it was killed, whose lock nobody holds any more', async () => {
    const { hub, cache, environment, tandem } = await setUp();
    hub.failAt(/^cdn:/, { stallAfter: 1_000_000 });
    const { child, result } = startCli(['model', 'pull', MODEL_ID], { environment });
    await hasCome(cache, 1_000_000);
    child.kill('SIGKILL');
    await result;
    expect(await tandem('model', 'pull', MODEL_ID)).toMatchObject({ code: 0 });
  });

  const refused: [args: string[], message: RegExp, code?: number][] = [
    [['../../etc'], /"\.\.\/\.\.\/etc" is no model's id: one looks like facebook/, 2],
    [['/etc/passwd'], /is no model's id/, 2],
    [[MODEL_ID, '--revision', '../main'], /"\.\.\/main" is no revision/, 2],
    [[`${MODEL_ID}@main`, '--revision', 'main'], /name the revision once/, 2],
    [['tandem/another'], /shows no model tandem\/another \(401\): check the spelling/],
    [[MODEL_ID, '--revision', 'v9'], /has no revision "v9"/],
  ];
  for (const [args, message, exitCode = 1] of refused) {
    it(`refuses ${args.join(' ')} in one line`, async () => {
      const { tandem, cache } = await setUp();
      const { code, stderr } = await tandem('model', 'pull', ...args);
      expect(code).toBe(exitCode);
      expect(stderr).toEqual(oneLine(message));
      expect((await readdir(cache).catch(() => [])).filter((name) => !name.startsWith('.'))).toEqual([]);
    });
  }

  it('says in one line that a file lies where the cache should be', async () => {
    const { folder, tandem } = await setUp();
    await mkdir(join(folder, 'hf'));
    await writeFile(join(folder, 'hf', 'hub'), '');
    const { code, stderr } = await tandem('model', 'pull', MODEL_ID);
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/hub: is not a folder/));
  });
});

describe('tandem model build', () => {
  it('compiles a pulled model among the kept ones, twice to the same bytes', async () => {
    const { models, tandem, pullHere } = await setUp();
    await pullHere();
    const contents = async () => {
      const names = (await readdir(join(models, KEPT))).sort();
      return Promise.all(names.map(async (name) => [name, sha256(await readFile(join(models, KEPT, name)))]));
    };
    const { code, stderr } = await tandem('model', 'build', MODEL_ID);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^some-model: blenderbot, fp32, 21\.\d MB in .*tandem--some-model-fp32/);
    const first = await contents();
    expect(first.map(([name]) => name)).toContain('model.onnx.data');
    expect((await tandem('model', 'build', MODEL_ID)).code).toBe(0);
    expect(await contents()).toEqual(first);
    expect((await readdir(models)).sort()).toEqual([KEPT, `${KEPT}.origin.json`]);
  });

  it('says in one line how to pull what is not there', async () => {
    const { tandem, home } = await setUp();
    const { code, stderr } = await tandem('model', 'build', 'facebook/blenderbot-3B');
    expect(code).toBe(1);
    expect(stderr).toEqual(
      oneLine(/has not been pulled: run "npm run -s tandem -- model pull facebook\/blenderbot-3B" first/),
    );
    expect(existsSync(home)).toBe(false);
  });

  it('names the revisions that were pulled where the asked one was not', async () => {
    const { tandem, pullHere } = await setUp();
    await pullHere();
    const { stderr } = await tandem('model', 'build', `${MODEL_ID}@v2`);
    expect(stderr).toEqual(
      oneLine(/the revisions main were pulled: name one, as tandem\/some-model@REVISION/),
    );
  });

  it('keeps a model under the name that it is given, which then names it', async () => {
    const { tandem, environment } = await setUp();
    expect(await tandem('model', 'build', CHECKPOINT, '--name', 'my-bot')).toMatchObject({ code: 0 });
    const input = '{"input_ids": [[5, 2]], "parameters": {"max_length": 5}}\n';
    for (const name of ['my-bot', 'my-bot-fp32']) {
      const { code, stdout } = await runCli(['generate', '--model', name], { environment, input });
      expect(code).toBe(0);
      expect(jsonLines(stdout)).toHaveLength(1);
    }
  });
});

describe('generate --model', () => {
  const input = '{"input_ids": [[5, 2]], "parameters": {"max_length": 5}}\n';

  it('compiles a pulled model once, and again when another revision has been pulled', async () => {
    const { hub, environment, pullHere } = await setUp();
    const generate = () => runCli(['generate', '--model', MODEL_ID], { environment, input });
    await pullHere();
    expect((await generate()).stderr).toMatch(/^Compiling some-model \(once/);
    expect(await generate()).toMatchObject({ code: 0, stderr: '' });
    const moved = { ...FILES, 'generation_config.json': Buffer.from('{"num_beams": 2}') };
    const newer = await startHub({ [MODEL_ID]: { branches: { main: moved } } });
    await hub.stop();
    await runCli(['model', 'pull', MODEL_ID], { environment: { ...environment, HF_ENDPOINT: newer.url } });
    expect((await generate()).stderr).toMatch(/^Compiling some-model/m);
  });

  it('goes on with what was compiled when the pulled files are gone', async () => {
    const { cache, environment, pullHere, buildHere } = await setUp();
    await pullHere();
    await buildHere();
    await rm(cache, { recursive: true });
    const { code, stdout } = await runCli(['generate', '--model', MODEL_ID], { environment, input });
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toHaveLength(1);
  });

  it('says which compiled models a name could mean', async () => {
    const { folder, tandem } = await setUp();
    for (const place of ['a', 'b']) {
      await cp(CHECKPOINT, join(folder, place, 'bot'), { recursive: true });
      await tandem('model', 'build', join(folder, place, 'bot'));
    }
    const { code, stderr } = await tandem('generate', '--model', 'bot');
    expect(code).toBe(1);
    expect(stderr).toEqual(
      oneLine(/several compiled models bot: name one of bot-[0-9a-f]{8}-fp32, bot-[0-9a-f]{8}-fp32/),
    );
  });
});

describe('tandem model list', () => {
  it('says how to begin where there is nothing', async () => {
    const { tandem } = await setUp();
    expect(await tandem('model', 'list')).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('pull --help'),
    });
    expect(JSON.parse((await tandem('model', 'list', '--json')).stdout)).toEqual({
      compiled: [],
      pulled: [],
    });
  });

  it('shows what is pulled and compiled, and nothing that is not whole or of others', async () => {
    const { folder, cache, models, tandem, pullHere, buildHere } = await setUp();
    await pullHere();
    await buildHere();
    for (const other of ['datasets--a--b', 'models--a--b', 'models--..--..', 'models--a--c/snapshots/x'])
      await mkdir(join(cache, other), { recursive: true });
    await mkdir(join(models, 'half'));
    const { stdout } = await tandem('model', 'list');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['MODEL', 'KIND', 'REVISION', 'PRECISION', 'SIZE', 'WHEN', 'WHERE'],
      [
        KEPT,
        'compiled',
        COMMIT.slice(0, 12),
        'fp32',
        expect.stringMatching(/^21\.\d MB$/),
        expect.stringMatching(/^20/),
        join(models, KEPT),
      ],
      [
        MODEL_ID,
        'pulled',
        `${COMMIT.slice(0, 12)} main`,
        '-',
        '10.7 MB',
        expect.stringMatching(/^20/),
        expect.stringContaining(folder),
      ],
    ]);
    const { compiled, pulled } = JSON.parse((await tandem('model', 'list', '--json')).stdout);
    expect(compiled).toMatchObject([
      {
        model: KEPT,
        name: 'some-model',
        precision: 'fp32',
        origin: { repository: { id: MODEL_ID, commit: COMMIT } },
      },
    ]);
    expect(pulled).toMatchObject([{ model: MODEL_ID, commit: COMMIT, revisions: ['main'] }]);
  });
});

describe('a model that another version built', () => {
  it('is shown as outdated, is not served, and can be removed', async () => {
    const { models, tandem } = await setUp();
    await tandem('model', 'build', CHECKPOINT, '--name', 'old');
    const manifest = join(models, 'old-fp32', 'manifest.json');
    const { manifestVersion, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
    await writeFile(
      manifest,
      JSON.stringify({ ...rest, manifestVersion: manifestVersion - 1, precision: 'fp2' }),
    );
    expect((await tandem('model', 'list')).stdout).toMatch(/^old-fp32 +outdated +- +- +\d/m);
    expect((await tandem('model', 'info', 'old-fp32')).stdout).toMatch(
      /^old-fp32 \(built by another version/,
    );
    const served = await tandem('generate', '--model', 'old-fp32');
    expect(served).toMatchObject({
      code: 1,
      stderr: oneLine(/does not fit this version of Tandem .*: build the model again/),
    });
    expect(await tandem('model', 'remove', 'old-fp32', '--yes')).toMatchObject({ code: 0 });
    expect(await readdir(models)).toEqual([]);
  });
});

describe('tandem model info', () => {
  it("tells a model's facts, by any of its names", async () => {
    const { models, tandem, pullHere, buildHere } = await setUp();
    await pullHere();
    await buildHere();
    const text = (await tandem('model', 'info', MODEL_ID)).stdout;
    for (const fact of [
      /^ {2}parameters +5,289,728$/m,
      /^ {2}shape .*d_model 256/m,
      /^ {2}recommended .*no_repeat_ngram_size 3.* bad_words_ids \[\]/m,
      /^ {2}source +model\.safetensors {2}10\.6 MB {2}sha256 [0-9a-f]{64}$/m,
      /^ {2}commit +[0-9a-f]{40}$/m,
    ])
      expect(text).toMatch(fact);
    const byName = JSON.parse((await tandem('model', 'info', KEPT, '--json')).stdout);
    expect(byName).toMatchObject({
      pulled: [],
      compiled: [
        {
          parameters: 5_289_728,
          directory: join(models, KEPT),
          manifest: { sources: { 'model.safetensors': { sha256: sha256(WEIGHTS) } } },
        },
      ],
    });
    const byFolder = await tandem('model', 'info', join(models, KEPT), '--json');
    expect(JSON.parse(byFolder.stdout)).toEqual(byName);
  });

  it('finds damaged files, compiled and pulled, and fails', async () => {
    const { models, cache, tandem, pullHere, buildHere } = await setUp();
    await pullHere();
    await buildHere();
    expect(await tandem('model', 'info', MODEL_ID, '--verify')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Every file has the hash/),
    });
    await appendFile(join(models, KEPT, 'model.onnx.data'), 'x');
    const digest = gitHash(FILES['tokenizer.json']);
    await appendFile(join(cache, 'models--tandem--some-model', 'blobs', digest), ' ');
    const { code, stderr } = await tandem('model', 'info', MODEL_ID, '--verify');
    expect(code).toBe(1);
    expect(stderr).toEqual(
      oneLine(
        /model\.onnx\.data has another content \(and 1 more\): remove the model, then pull or build it again/,
      ),
    );
  });

  it('says that there is no such model', async () => {
    const { tandem } = await setUp();
    const { code, stderr } = await tandem('model', 'info', 'a/b');
    expect(code).toBe(1);
    expect(stderr).toEqual(
      oneLine(/no model "a\/b" is compiled or pulled: "tandem model list" shows what is/),
    );
  });
});

describe('tandem model remove', () => {
  async function setUpBoth() {
    const all = await setUp();
    await all.pullHere();
    await all.buildHere();
    const pulledFolder = join(all.cache, 'models--tandem--some-model');
    return { ...all, pulledFolder, compiled: join(all.models, KEPT) };
  }

  it('deletes nothing where nobody can be asked', async () => {
    const { compiled, tandem } = await setUpBoth();
    const { code, stderr } = await tandem('model', 'remove', MODEL_ID);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tandem: nobody can be asked here: --yes goes on without asking\.$/m);
    expect(existsSync(compiled)).toBe(true);
  });

  it('deletes the compiled model, and the pulled files only when they are meant', async () => {
    const { models, compiled, pulledFolder, tandem } = await setUpBoth();
    expect(await tandem('model', 'remove', MODEL_ID, '--yes')).toMatchObject({ code: 0 });
    expect({ compiled: existsSync(compiled), pulled: existsSync(pulledFolder) }).toEqual({
      compiled: false,
      pulled: true,
    });
    expect(await readdir(models)).toEqual([]);
    const again = await tandem('model', 'remove', MODEL_ID, '--yes');
    expect(again).toMatchObject({ code: 1, stderr: oneLine(/is pulled and not compiled: --pulled deletes/) });
    expect(await tandem('model', 'remove', MODEL_ID, '--yes', '--pulled')).toMatchObject({ code: 0 });
    expect(existsSync(pulledFolder)).toBe(false);
  });

  it('deletes what a pull that was cut off left', async () => {
    const { hub, cache, tandem } = await setUp();
    hub.failAt(/^cdn:/, ...Array.from({ length: 9 }, () => ({ corruptAt: 1 })));
    expect((await tandem('model', 'pull', MODEL_ID)).code).toBe(1);
    expect(await tandem('model', 'remove', MODEL_ID, '--yes', '--pulled')).toMatchObject({ code: 0 });
    expect((await readdir(cache)).filter((name) => name.startsWith('models--'))).toEqual([]);
  });

  it('never deletes what others put there', async () => {
    const { folder, compiled, pulledFolder, cache, tandem } = await setUpBoth();
    await writeFile(join(compiled, 'thesis.txt'), 'mine');
    await writeFile(join(pulledFolder, 'notes.txt'), 'mine');
    const inBuild = await tandem('model', 'remove', KEPT, '--yes');
    expect(inBuild.code).toBe(1);
    expect(inBuild.stderr).toMatch(/^tandem: .* holds "thesis\.txt", which no build made/m);
    await rm(join(compiled, 'thesis.txt'));
    const inCache = await tandem('model', 'remove', MODEL_ID, '--yes', '--pulled');
    expect(inCache.stderr).toMatch(/^tandem: .* holds "notes\.txt", which is no part of a model/m);
    expect(existsSync(join(pulledFolder, 'snapshots', COMMIT, 'model.safetensors'))).toBe(true);
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, join(cache, 'models--tandem--linked'));
    const linked = await tandem('model', 'remove', 'tandem/linked', '--yes', '--pulled');
    expect(linked.stderr).toMatch(/^tandem: .* is a link to another place/m);
    expect(existsSync(elsewhere)).toBe(true);
    for (const path of [folder, elsewhere, '..', '../..', '.'])
      expect(await tandem('model', 'remove', path, '--yes', '--pulled')).toMatchObject({
        code: 1,
        stderr: oneLine(/no model ".*" is compiled or pulled/),
      });
  });
});

describe("tandem model's help", () => {
  for (const command of ['pull', 'build', 'list', 'info', 'remove'])
    it(`has examples for ${command}`, async () => {
      const { code, stdout } = await runCli(['model', command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*tandem model ${command}`));
    });
});
