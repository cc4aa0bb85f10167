import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BACKEND_MAIN } from '../../../infra/paths.ts';
import { buildReferenceModel } from './reference-model.ts';

let home: string;
let model: Awaited<ReturnType<typeof buildReferenceModel>>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-home-'));
  model = await buildReferenceModel();
});
afterEach(() => Promise.all([rm(home, { recursive: true, force: true }), model.remove()]));

// The runtime sends nothing where it thinks that it is tested: none of this suite's variables are passed on.
it('leaves no trace of telemetry: no id of the device, no log, no word', async () => {
  const backend = spawn(process.execPath, [BACKEND_MAIN], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: home,
      MODEL_DIR: model.directory,
      BACKEND_PORT: '0',
    },
  });
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [backend.stdout, backend.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('"event":"ready"')) resolve();
      });
    }
    backend.once('exit', () => reject(new Error(`ended before it was ready: ${output}`)));
  });
  await ready;
  const ended = once(backend, 'exit');
  backend.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(output).not.toMatch(/telemetry/i);
  expect(await readdir(home)).toEqual([]);
});
