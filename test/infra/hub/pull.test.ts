import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPulled, ModelCache } from '../../../infra/hub/cache.ts';
import type { HubContext } from '../../../infra/hub/hub-context.ts';
import { parseModelReference } from '../../../infra/hub/model-reference.ts';
import { pull } from '../../../infra/hub/pull.ts';
import { temporaryFolder } from '../../gpu-backend/compiler/temporary-folder.ts';
import { commitOf, type Fault, gitHash, type HubModel, sha256 } from './hub-server.ts';
import { MODEL_ID, SMALL_FILES, someBytes, startHub, testContext } from './start-hub.ts';

const WEIGHTS = someBytes(300_000);
const FILES = { ...SMALL_FILES, 'model.safetensors': WEIGHTS, 'tf_model.h5': someBytes(1_000) };
const DOWNLOAD = /^cdn:.*model\.safetensors/;

/** A hub with one model, and pulls from it into a new cache. */
async function setUp(model: Partial<HubModel> = {}) {
  const hub = await startHub({ [MODEL_ID]: { branches: { main: FILES }, ...model } });
  const cacheDirectory = await temporaryFolder();
  const cache = new ModelCache(cacheDirectory, MODEL_ID);
  const pullFrom = (context: HubContext, reference = MODEL_ID) => {
    const progress: number[] = [];
    const pulling = pull(parseModelReference(reference)!, {
      context,
      onProgress: (doneBytes) => progress.push(doneBytes),
    });
    return pulling.then((pulled) => ({ ...pulled, progress }));
  };
  const contextFor = (changes?: Parameters<typeof testContext>[2]) =>
    testContext(hub, cacheDirectory, changes);
  const pullNow = (reference?: string) => pullFrom(contextFor().context, reference);
  return { hub, cacheDirectory, cache, pullFrom, contextFor, pullNow };
}

const weightsOf = (cache: ModelCache) => readFile(cache.blob(sha256(WEIGHTS)));
const partialOf = (cache: ModelCache) => `${cache.blob(sha256(WEIGHTS))}.tandem-incomplete`;

/** What a refused pull says; the cache must show no model after it. */
async function refusal(pulling: Promise<unknown>, cacheDirectory: string): Promise<string> {
  const error = await pulling.then(
    () => new Error('it was pulled'),
    (error: Error) => error,
  );
  expect(['UserError', 'CheckpointError']).toContain(error.name);
  expect(error.message).not.toContain('\n');
  expect(await listPulled(cacheDirectory)).toEqual([]);
  return error.message;
}

describe('pull', () => {
  it("fills the cache as the hub's other programs do, with the needed files alone", async () => {
    const { hub, cache, pullNow } = await setUp();
    const { snapshot, fetchedBytes, progress } = await pullNow();
    const commit = commitOf(FILES);
    const names = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json'];
    expect(snapshot).toMatchObject({ id: MODEL_ID, commit, revisions: ['main'] });
    expect(snapshot.files.map(({ name }) => name)).toEqual(names);
    expect(await readFile(join(cache.directory, 'refs', 'main'), 'utf8')).toBe(commit);
    for (const name of names as (keyof typeof FILES)[]) {
      const digest = name === 'model.safetensors' ? sha256(FILES[name]) : gitHash(FILES[name]);
      expect(await readlink(join(snapshot.directory, name))).toBe(`../../blobs/${digest}`);
      expect(Buffer.from(FILES[name]).equals(await readFile(join(snapshot.directory, name)))).toBe(true);
    }
    expect((await readdir(cache.directory)).sort()).toEqual(['blobs', 'refs', 'snapshots']);
    expect(hub.requests.some(({ path }) => /README|tf_model/.test(path))).toBe(false);
    expect(fetchedBytes).toBe(
      names.reduce((sum, name) => sum + FILES[name as keyof typeof FILES].byteLength, 0),
    );
    expect(progress.at(-1)).toBe(WEIGHTS.byteLength);
  });

  it('fetches nothing a second time, and only what changed of a revision that moved', async () => {
    const branches = { main: FILES as Record<string, Uint8Array> };
    const { hub, cacheDirectory, pullNow } = await setUp({ branches });
    const first = await pullNow();
    expect(await pullNow()).toMatchObject({ snapshot: first.snapshot, fetchedBytes: 0 });
    branches.main = { ...FILES, 'generation_config.json': Buffer.from('{"num_beams": 3}') };
    const moved = await pullNow();
    expect(moved.fetchedBytes).toBe(branches.main['generation_config.json']!.byteLength);
    expect(hub.downloadsOf('model.safetensors').filter(({ server }) => server === 'cdn')).toHaveLength(1);
    const pulled = await listPulled(cacheDirectory);
    expect(pulled.map(({ commit, revisions }) => [commit, revisions])).toEqual(
      expect.arrayContaining([
        [first.snapshot.commit, []],
        [moved.snapshot.commit, ['main']],
      ]),
    );
  });

  it('takes the revision that is asked for, by branch or by commit', async () => {
    const other = { ...FILES, 'generation_config.json': Buffer.from('{}') };
    const { cache, pullNow } = await setUp({ branches: { main: FILES, 'refs/pr/1': other } });
    const byBranch = await pullNow(`${MODEL_ID}@refs/pr/1`);
    expect(byBranch.snapshot).toMatchObject({ commit: commitOf(other), revisions: ['refs/pr/1'] });
    const byCommit = await pullNow(`${MODEL_ID}@${commitOf(FILES)}`);
    expect(byCommit.snapshot).toMatchObject({ commit: commitOf(FILES), revisions: [] });
    expect(await readdir(join(cache.directory, 'refs'), { recursive: true })).toEqual(
      expect.arrayContaining(['refs/pr/1']),
    );
  });

  const shards = { 'pytorch_model-1.bin': someBytes(5_000, 2), 'pytorch_model-2.bin': someBytes(7_000, 3) };
  const index = Buffer.from(
    JSON.stringify({
      weight_map: { a: 'pytorch_model-2.bin', b: 'pytorch_model-1.bin', c: 'pytorch_model-1.bin' },
    }),
  );
  const kinds: [what: string, files: Record<string, Uint8Array>, taken: string[]][] = [
    [
      'safetensors before pytorch_model.bin',
      { 'pytorch_model.bin': someBytes(10), 'model.safetensors': WEIGHTS },
      ['model.safetensors'],
    ],
    [
      'pytorch_model.bin where there is nothing better',
      { 'pytorch_model.bin': WEIGHTS },
      ['pytorch_model.bin'],
    ],
    [
      'the shards that an index names, and no others',
      { ...shards, 'pytorch_model-3.bin': someBytes(9), 'pytorch_model.bin.index.json': index },
      [...Object.keys(shards), 'pytorch_model.bin.index.json'],
    ],
  ];
  for (const [what, files, taken] of kinds) {
    it(`takes ${what}`, async () => {
      const { pullNow } = await setUp({ branches: { main: { ...SMALL_FILES, ...files } } });
      const { snapshot } = await pullNow();
      const names = snapshot.files.map(({ name }) => name).filter((name) => !(name in SMALL_FILES));
      expect(names).toEqual(taken);
    });
  }

  it('completes a snapshot in which another program left only a part', async () => {
    const { cache, cacheDirectory, pullNow } = await setUp();
    const commit = commitOf(FILES);
    await cache.writeSnapshot(commit, new Map([['config.json', gitHash(FILES['config.json'])]]));
    await mkdir(join(cache.directory, 'blobs'));
    await writeFile(cache.blob(gitHash(FILES['config.json'])), FILES['config.json']);
    expect(await listPulled(cacheDirectory)).toEqual([]);
    await pullNow();
    expect(await listPulled(cacheDirectory)).toMatchObject([{ commit }]);
  });
});

describe('a pull over a bad network', () => {
  const survived: [what: string, faults: Fault[], ranges: (string | undefined)[]][] = [
    ['goes on where a connection broke', [{ cutAfter: 100_000 }], [undefined, 'bytes=100000-']],
    [
      'goes on as often as it takes while something comes',
      Array.from({ length: 8 }, () => ({ cutAfter: 30_000 })),
      [undefined, ...Array.from({ length: 8 }, (_, cut) => `bytes=${30_000 * (cut + 1)}-`)],
    ],
    ['goes on after a silence', [{ stallAfter: 50_000 }], [undefined, 'bytes=50000-']],
    [
      'begins anew with a server that cannot continue',
      [{ cutAfter: 1_000 }, { ignoreRange: true }],
      [undefined, 'bytes=1000-'],
    ],
    ['fetches again what came with a wrong byte', [{ corruptAt: 7 }], [undefined, undefined]],
    [
      'tries again after 500, 503 and an expired link',
      [{ status: 500 }, { status: 503 }, { status: 403 }],
      Array(4).fill(undefined),
    ],
  ];
  for (const [what, faults, ranges] of survived) {
    it(what, async () => {
      const { hub, cache, pullFrom, contextFor } = await setUp();
      hub.failAt(DOWNLOAD, ...faults);
      await pullFrom(contextFor({ timeoutMs: 300 }).context);
      expect((await weightsOf(cache)).equals(WEIGHTS)).toBe(true);
      const downloads = hub.downloadsOf('model.safetensors').filter(({ server }) => server === 'cdn');
      expect(downloads.map(({ range }) => range)).toEqual(ranges);
      expect(await readdir(join(cache.directory, 'blobs'))).toHaveLength(4);
    });
  }

  it('waits as long as the hub asks, else longer each time, and says so', async () => {
    const { hub, pullFrom, contextFor } = await setUp();
    hub.failAt(
      /\/revision\//,
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 502 },
      { status: 502 },
    );
    const { context, said, pausesMs } = contextFor();
    await pullFrom(context);
    expect(pausesMs).toEqual([7_000, 2_000, 4_000]);
    expect(said[0]).toMatch(/asked too often \(429\)\. Trying again in 7 s/);
  });

  const endless = (fault: Fault) => Array.from({ length: 20 }, () => fault);
  const given: [what: string, path: RegExp, faults: Fault[], message: RegExp][] = [
    ['a hub in trouble', /\/revision\//, endless({ status: 503 }), /has trouble \(503\)/],
    [
      'a hub that is silent',
      /\/revision\//,
      endless({ body: '' }),
      /does not answer as a hub does: look at HF_ENDPOINT/,
    ],
    ['a file that is always cut at once', DOWNLOAD, endless({ cutAfter: 0 }), /connection to .* failed/],
    [
      'a file that never is what it should be',
      DOWNLOAD,
      endless({ corruptAt: 9 }),
      /model\.safetensors came twice with another content/,
    ],
    [
      'a file that is longer than announced',
      DOWNLOAD,
      endless({ surplus: 5 }),
      /comes with 300005 bytes; the hub announces 300000/,
    ],
  ];
  for (const [what, path, faults, message] of given) {
    it(`is given up in one line with ${what}`, async () => {
      const { hub, cacheDirectory, pullNow } = await setUp();
      hub.failAt(path, ...faults);
      expect(await refusal(pullNow(), cacheDirectory)).toMatch(message);
      expect(hub.requests.length).toBeLessThan(20);
    });
  }

  it('says that a hub cannot be reached', async () => {
    const { hub, cacheDirectory, pullFrom, contextFor } = await setUp();
    await hub.stop();
    const { context, pausesMs } = contextFor();
    expect(await refusal(pullFrom(context), cacheDirectory)).toMatch(
      /the connection to 127.* failed \(ECONNREFUSED\)/,
    );
    expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000]);
  });
});

describe('a pull that is stopped', () => {
  it('ends with the reason, keeps what came, and goes on from there', async () => {
    const { hub, cache, cacheDirectory, pullFrom, contextFor } = await setUp();
    hub.failAt(DOWNLOAD, { stallAfter: 120_000 });
    const stop = new AbortController();
    const stopped = pullFrom(contextFor({ signal: stop.signal }).context);
    const partBytes = () =>
      lstat(partialOf(cache)).then(
        ({ size }) => size,
        () => 0,
      );
    await expect.poll(partBytes).toBe(120_000);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    expect(await listPulled(cacheDirectory)).toEqual([]);
    const { fetchedBytes } = await pullFrom(contextFor().context);
    expect(fetchedBytes).toBe(WEIGHTS.byteLength - 120_000);
    expect(hub.requests.at(-1)).toMatchObject({ server: 'cdn', range: 'bytes=120000-' });
    expect((await weightsOf(cache)).equals(WEIGHTS)).toBe(true);
  });

  const leftovers: [what: string, content: Uint8Array][] = [
    ['wrong', someBytes(100_000, 9)],
    ['whole and wrong', someBytes(WEIGHTS.byteLength, 9)],
    ['too long', someBytes(WEIGHTS.byteLength + 1, 9)],
    ['whole and right', WEIGHTS],
  ];
  for (const [what, content] of leftovers) {
    it(`makes a good file of a left part that is ${what}`, async () => {
      const { cache, pullNow } = await setUp();
      await mkdir(join(cache.directory, 'blobs'), { recursive: true });
      await writeFile(partialOf(cache), content);
      await pullNow();
      expect((await weightsOf(cache)).equals(WEIGHTS)).toBe(true);
    });
  }

  it('refuses a second pull of the same model meanwhile, and takes the lock of a process that is gone', async () => {
    const { hub, cacheDirectory, pullFrom, contextFor } = await setUp();
    hub.failAt(DOWNLOAD, { stallAfter: 10 });
    const stop = new AbortController();
    const first = pullFrom(contextFor({ signal: stop.signal }).context);
    await expect.poll(() => hub.downloadsOf('model.safetensors').length).toBe(2);
    expect(await refusal(pullFrom(contextFor().context), cacheDirectory)).toMatch(
      /is being pulled by another process/,
    );
    stop.abort();
    await expect(first).rejects.toThrow();
    const [lock] = await readdir(join(cacheDirectory, '.locks', 'tandem')).then((names) => names);
    expect(lock).toBe(undefined);
    const gone = execFileSync(process.execPath, ['-p', 'process.pid + " " + os.hostname()'], {
      encoding: 'utf8',
    });
    await writeFile(join(cacheDirectory, '.locks', 'tandem', 'tandem--some-model.lock'), gone.trim());
    await pullFrom(contextFor().context);
  });
});

describe("a lock that is nobody's", () => {
  it.each([
    ['has no name in it', ''],
    ['has the name that this process had before', `${process.pid} ${hostname()}`],
  ])('is taken where it %s', async (_, owner) => {
    const { cacheDirectory, pullFrom, contextFor } = await setUp();
    await mkdir(join(cacheDirectory, '.locks', 'tandem'), { recursive: true });
    await writeFile(join(cacheDirectory, '.locks', 'tandem', 'tandem--some-model.lock'), owner);
    const { snapshot } = await pullFrom(contextFor().context);
    // And others may read what was pulled.
    expect((await lstat(snapshot.directory)).mode & 0o777).toBe(0o755);
  });
});

describe('what the hub refuses', () => {
  it('is a model that it does not show: spelling and token are to be looked at', async () => {
    const { cacheDirectory, pullNow } = await setUp();
    const message = await refusal(pullNow('tandem/other'), cacheDirectory);
    expect(message).toMatch(
      /no model tandem\/other \(401\): check the spelling; if it is private, set HF_TOKEN/,
    );
  });

  it('is a private model without the right token', async () => {
    const { cacheDirectory, pullFrom, contextFor } = await setUp({ token: 'hf_right' });
    const wrong = await refusal(pullFrom(contextFor({ token: 'hf_wrong' }).context), cacheDirectory);
    expect(wrong).toMatch(/look whether the token \(HF_TOKEN\) may read it/);
    expect(wrong).not.toContain('hf_wrong');
    await pullFrom(contextFor({ token: 'hf_right' }).context);
  });

  it('is a token that it does not know', async () => {
    const { hub, cacheDirectory, pullFrom, contextFor } = await setUp();
    hub.failAt(/^hub:/, { status: 401 });
    const message = await refusal(pullFrom(contextFor({ token: 'hf_old' }).context), cacheDirectory);
    expect(message).toMatch(/does not accept the token: make another on .*\/settings\/tokens/);
  });

  it('is a revision that it does not have', async () => {
    const { cacheDirectory, pullNow } = await setUp();
    expect(await refusal(pullNow(`${MODEL_ID}@v2`), cacheDirectory)).toMatch(/has no revision "v2"/);
  });

  it('is a gated model before its conditions are accepted', async () => {
    const { cacheDirectory, pullNow } = await setUp({ isGated: true });
    expect(await refusal(pullNow(), cacheDirectory)).toMatch(
      /is gated: accept its conditions on .*, then set HF_TOKEN/,
    );
  });
});

describe('the token', () => {
  it('goes to the hub and to nobody else', async () => {
    const { hub, pullFrom, contextFor } = await setUp({ token: 'hf_secret' });
    await pullFrom(contextFor({ token: 'hf_secret' }).context);
    const seen = (server: string) =>
      new Set(
        hub.requests.filter((each) => each.server === server).map(({ authorization }) => authorization),
      );
    expect(seen('hub')).toEqual(new Set(['Bearer hf_secret']));
    expect(seen('cdn')).toEqual(new Set([undefined]));
  });

  it('does not follow a list of files to another host', async () => {
    const { hub, cacheDirectory, pullFrom, contextFor } = await setUp();
    const other = await startHub({});
    const link = `<${other.url}/api/models/x/tree/main>; rel="next"`;
    hub.failAt(/\/tree\//, { body: '[]', headers: { link } });
    const { context } = contextFor({ token: 'hf_secret' });
    expect(await refusal(pullFrom(context), cacheDirectory)).toMatch(
      /wants its list of files read on at .*: refused/,
    );
    expect(other.requests).toEqual([]);
  });
});

describe('a hub that is not to be trusted', () => {
  const edits: [what: string, edit: Record<string, unknown>, message: RegExp][] = [
    [
      'a name that leaves the folder',
      { path: '../../x' },
      /a file named "\.\.\/\.\.\/x", which would leave its folder: refused/,
    ],
    ['an absolute name', { path: '/etc/passwd' }, /named "\/etc\/passwd"/],
    ["a name that leaves another system's folder", { path: '..\\x' }, /would leave its folder/],
    ['a name with a line break', { path: 'a\nb' }, /would leave its folder/],
    ['no name', { path: 7 }, /an impossible path/],
    ['a size below nothing', { size: -1 }, /an impossible size/],
    ['a size that no number holds', { size: 1e300 }, /an impossible size/],
    ['a small file that is none', { size: 1e9, lfs: undefined }, /lists a .* of 1\.00 GB/],
    [
      'more than any disk holds',
      { lfs: { oid: 'a'.repeat(64), size: 2 ** 52 } },
      /needs 4\.50 PB more, and .* has room for|of 4\.50 PB/,
    ],
    ['a hash that is a path', { oid: '../../../x' }, /an impossible oid/],
    ['a hash of weights that is a path', { lfs: { oid: '../x', size: 1 } }, /an impossible lfs\.oid/],
  ];
  for (const [what, edit, message] of edits) {
    it(`is refused with ${what}`, async () => {
      const { hub, cacheDirectory, pullNow } = await setUp();
      const edited = 'lfs' in edit && edit['lfs'] !== undefined ? 'model.safetensors' : 'config.json';
      hub.editEntry = (entry) => (entry['path'] === edited ? { ...entry, ...edit } : entry);
      expect(await refusal(pullNow(), cacheDirectory)).toMatch(message);
      expect(hub.downloadsOf('model.safetensors')).toEqual([]);
    });
  }

  const indexes: [what: string, index: string, message: RegExp][] = [
    [
      'shards outside the folder',
      '{"weight_map": {"a": "../../../x"}}',
      /names the file "\.\.\/\.\.\/\.\.\/x", which would leave/,
    ],
    [
      'shards that are not there',
      '{"weight_map": {"a": "model-1.safetensors"}}',
      /does not have the file model-1\.safetensors that model\.safetensors\.index\.json names/,
    ],
    ['no shards', '{"weight_map": {}}', /names no file/],
    ['no index in it', '[1]', /does not say which file holds which tensor/],
    ['no JSON in it', '{"weight_map"', /does not say which file holds which tensor/],
  ];
  for (const [what, index, message] of indexes) {
    it(`is refused with an index with ${what}`, async () => {
      const files = { ...SMALL_FILES, 'model.safetensors.index.json': Buffer.from(index) };
      const { cacheDirectory, pullNow } = await setUp({ branches: { main: files } });
      expect(await refusal(pullNow(), cacheDirectory)).toMatch(message);
    });
  }

  it('is refused with a list of files without end', async () => {
    const { hub, cacheDirectory, pullNow } = await setUp();
    const headers = { link: `<${hub.url}/api/models/${MODEL_ID}/tree/${commitOf(FILES)}>; rel="next"` };
    hub.failAt(/\/tree\//, ...Array.from({ length: 1_000 }, () => ({ body: '[]', headers })));
    expect(await refusal(pullNow(), cacheDirectory)).toMatch(/has a list of files without end: refused/);
    expect(hub.requests.length).toBeLessThan(100);
  });

  it('is refused in one line whatever it answers', async () => {
    const { hub, cacheDirectory, pullNow } = await setUp();
    const sha = commitOf(FILES);
    const entry = fc.record({
      type: fc.constant('file'),
      path: fc.string(),
      size: fc.integer(),
      oid: fc.constant(sha),
    });
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.array(entry).map((entries) => JSON.stringify(entries)),
    );
    const answers = fc.tuple(fc.oneof(fc.constant(JSON.stringify({ sha })), body), body);
    await fc.assert(
      fc.asyncProperty(answers, async ([revision, tree]) => {
        hub.forgetFaults();
        hub.failAt(/\/revision\//, { body: revision });
        hub.failAt(/\/tree\//, { body: tree });
        await refusal(pullNow(), cacheDirectory);
      }),
      { numRuns: 150 },
    );
  });

  const unfit: [what: string, files: Record<string, Uint8Array>, message: RegExp][] = [
    ['no configuration', { 'model.safetensors': WEIGHTS }, /has no config\.json/],
    [
      'no weights of a known kind',
      { ...SMALL_FILES, 'tf_model.h5': WEIGHTS },
      /has neither model\.safetensors nor pytorch_model\.bin/,
    ],
    [
      'another architecture',
      { 'config.json': Buffer.from('{"model_type": "llama"}'), 'model.safetensors': WEIGHTS },
      /cannot be served: config\.json: /,
    ],
    [
      'a configuration that is none',
      { 'config.json': Buffer.from('../../x'), 'model.safetensors': WEIGHTS },
      /cannot be served: config\.json: /,
    ],
  ];
  for (const [what, files, message] of unfit) {
    it(`fetches no weights of a model with ${what}`, async () => {
      const { hub, cacheDirectory, pullNow } = await setUp({ branches: { main: files } });
      expect(await refusal(pullNow(), cacheDirectory)).toMatch(message);
      expect(hub.requests.some(({ server }) => server === 'cdn')).toBe(false);
    });
  }

  it('does not write through a link that lies where a part would', async () => {
    const { cache, cacheDirectory, pullNow } = await setUp();
    const elsewhere = join(await temporaryFolder(), 'precious');
    await writeFile(elsewhere, 'mine');
    await mkdir(join(cache.directory, 'blobs'), { recursive: true });
    await symlink(elsewhere, partialOf(cache));
    expect(await refusal(pullNow(), cacheDirectory)).toMatch(/ELOOP|symbolic link/);
    expect(await readFile(elsewhere, 'utf8')).toBe('mine');
  });
});

describe('HF_HUB_OFFLINE', () => {
  it('answers from the cache and asks nobody', async () => {
    const { hub, cacheDirectory, pullFrom, contextFor, pullNow } = await setUp();
    const offline = contextFor({ isOffline: true }).context;
    expect(await refusal(pullFrom(offline), cacheDirectory)).toMatch(
      /is not in .*, and HF_HUB_OFFLINE forbids/,
    );
    expect(hub.requests).toEqual([]);
    const { snapshot } = await pullNow();
    const asked = hub.requests.length;
    expect(await pullFrom(offline)).toMatchObject({ snapshot, fetchedBytes: 0 });
    expect(hub.requests.length).toBe(asked);
  });
});
