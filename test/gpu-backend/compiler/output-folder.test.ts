import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import { CheckpointError } from '../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { readManifest } from '../../../gpu-backend/compiler/manifest.ts';
import { fromHere } from '../../reference/cases.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHECKPOINT = fromHere('checkpoints/blenderbot-legacy-bf16');
const build = (out: string, name = 'tiny') =>
  buildModel({ checkpoint: CHECKPOINT, out, precision: 'fp32', name });

/** Every file of a build is what its manifest says. */
async function expectWhole(out: string): Promise<void> {
  const { files } = await readManifest(out);
  expect((await readdir(out)).sort()).toEqual([...Object.keys(files), 'manifest.json'].sort());
  for (const [name, { sha256 }] of Object.entries(files)) {
    const bytes = await readFile(join(out, name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
}

/** A process that builds, in a shell where `prepare` came first. */
const buildElsewhere = (out: string, { prepare = 'true', onProgress = '' } = {}) =>
  promisify(execFile)('sh', [
    '-c',
    `${prepare} && exec "$0" --input-type=module --eval "$1"`,
    process.execPath,
    `
    import { buildModel } from ${JSON.stringify(fromHere('../../gpu-backend/compiler/build-model.ts'))};
    await buildModel({ checkpoint: ${JSON.stringify(CHECKPOINT)}, out: ${JSON.stringify(out)}, precision: 'fp32',
      name: 'elsewhere', onProgress() { ${onProgress} } })
      .catch((error) => { console.log(error.name + ': ' + error.message); process.exitCode = 1; });`,
  ]);

describe('a build', () => {
  it('beside others of the same folder ends in a whole folder, as they do', async () => {
    const parent = await temporaryFolder();
    const out = join(parent, 'out');
    await Promise.all([build(out), build(out), build(out), buildElsewhere(out), buildElsewhere(out)]);
    await expectWhole(out);
    // And once more, where there is one to replace.
    await Promise.all([build(out), build(out), buildElsewhere(out)]);
    await expectWhole(out);
    expect(await readdir(parent)).toEqual(['out']);
  });

  it('removes what a killed one left, and nothing of one that still runs', async () => {
    const parent = await temporaryFolder();
    const out = join(parent, 'out');
    await expect(
      buildElsewhere(out, { onProgress: "process.kill(process.pid, 'SIGKILL')" }),
    ).rejects.toMatchObject({
      signal: 'SIGKILL',
    });
    const [left, ...others] = await readdir(parent);
    expect(left).toMatch(/^\.out\.unfinished-\d+-/);
    expect(others).toEqual([]);
    // The parent of this process is alive, and so, for all that one can tell, is its build.
    const running = `.out.unfinished-${process.ppid}-abcdef`;
    await mkdir(join(parent, running));
    await mkdir(join(parent, '.out2.unfinished-1-abcdef'));
    await build(out);
    expect((await readdir(parent)).sort()).toEqual(['.out2.unfinished-1-abcdef', running, 'out'].sort());
    await expectWhole(out);
  });

  it('removes what a process with the id of its own left: in a container every first one has the same', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, `.out.unfinished-${process.pid}-abcdef`));
    await build(join(parent, 'out'));
    expect(await readdir(parent)).toEqual(['out']);
  });

  it('gives back the folder that a build put aside before it was killed', async () => {
    const parent = await temporaryFolder();
    const out = join(parent, 'out');
    await build(out);
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    await rename(out, join(parent, `.out.unfinished-${stdout.trim()}-abcdef.old`));
    // A build that comes to nothing: what is there then is the earlier one.
    await expect(buildElsewhere(out, { onProgress: "throw new Error('enough')" })).rejects.toThrow();
    expect(await readdir(parent)).toEqual(['out']);
    await expectWhole(out);
  });

  it('makes the folders above its own', async () => {
    const out = join(await temporaryFolder(), 'a', 'b', 'out');
    await build(out);
    await expectWhole(out);
  });

  const unwritable: [out: string, message: RegExp][] = [
    ['/proc/x', /^\/proc\/x: no folder can be made there$/],
    ['/proc/x/y', /^\/proc\/x\/y: no folder can be made there$/],
    ['/dev/null/x', /^\/dev\/null\/x: is not a folder/],
    ['/dev/null', /^\/dev\/null: is not a folder/],
    [`/tmp/${'x'.repeat(300)}`, /: the name is too long$/],
  ];
  for (const [out, message] of unwritable) {
    it.runIf(process.platform === 'linux')(
      `ends with a line where nothing can be written: ${out.slice(0, 20)}`,
      async () => {
        const failure = await build(out).catch((error) => error);
        expect(failure).toBeInstanceOf(CheckpointError);
        expect(failure.message).toMatch(message);
      },
    );
  }

  it('ends with a line and leaves nothing where a file may not become as large as it would', async () => {
    const parent = await temporaryFolder();
    const built = buildElsewhere(join(parent, 'out'), { prepare: 'ulimit -f 64' });
    await expect(built).rejects.toMatchObject({
      stdout: expect.stringMatching(
        /^CheckpointError: \S+out: a file there may not become as large as this\n$/,
      ),
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it('ends with a line and leaves nothing where the disk is full', async ({ skip }) => {
    const parent = await temporaryFolder();
    // A file system of a hundred kilobytes, in a mount namespace of the process's own.
    const mount = `mount -t tmpfs -o size=100k none ${parent}`;
    const canMount = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', mount]).then(
      () => true,
      () => false,
    );
    if (!canMount) skip('this system lets nobody mount a small file system');
    const script = `${mount} && out=$("$0" --eval "$1" 2>&1); echo "$out"; ls -A ${parent}`;
    const { stdout } = await promisify(execFile)('unshare', [
      '-rm',
      'sh',
      '-c',
      script,
      process.execPath,
      `
      import(${JSON.stringify(fromHere('../../gpu-backend/compiler/build-model.ts'))})
        .then(({ buildModel }) => buildModel({ checkpoint: ${JSON.stringify(CHECKPOINT)},
          out: ${JSON.stringify(join(parent, 'out'))}, precision: 'fp32' }))
        .catch((error) => console.log(error.name + ': ' + error.message));`,
    ]);
    expect(stdout).toBe(`CheckpointError: ${parent}/out: the disk is full\n`);
  });

  it('keeps the earlier one where it fails', async () => {
    const parent = await temporaryFolder();
    const out = join(parent, 'out');
    await build(out, 'first');
    await expect(buildElsewhere(out, { prepare: 'ulimit -f 64' })).rejects.toBeDefined();
    expect(await readdir(parent)).toEqual(['out']);
    expect((await readManifest(out)).name).toBe('first');
    await expectWhole(out);
  });

  it('leaves alone what somebody put into its folder while it ran', async () => {
    const out = join(await temporaryFolder(), 'out');
    await build(out);
    const late = buildModel({
      checkpoint: CHECKPOINT,
      out,
      precision: 'fp32',
      // At once: nobody waits for what it returns.
      onProgress: () => writeFileSync(join(out, 'notes.txt'), 'mine'),
    });
    await expect(late).rejects.toThrow(/holds "notes\.txt", which no build made/);
    expect(await readFile(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
