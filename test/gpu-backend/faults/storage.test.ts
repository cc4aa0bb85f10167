import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../end-to-end/free-port.ts';
import { inputIds, requestOf } from '../protocol/inference-requests.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';
import { MAIN, TOKEN } from '../server/backend-process.ts';
import { backends, QUICK } from './backends.ts';

const server = backends();
const LONG_ENOUGH = { timeout: 60_000, interval: 50 };

describe('a model whose folder is removed', () => {
  it('goes on answering, is not loaded again, and comes back with its folder after its worker died', async () => {
    const { directory } = server.model;
    const backend = await server.start();
    const load = () => backend.fetch('/v2/repository/models/tiny/load', { method: 'POST' });
    await rename(directory, `${directory}-away`);
    try {
      expect((await backend.infer(QUICK)).status).toBe(200);
      const refused = await load();
      expect(refused.status).toBe(500);
      expect(await refused.json()).toEqual({ error: expect.stringContaining('holds no compiled model') });
      expect((await backend.infer(QUICK)).status).toBe(200);

      process.kill(backend.workers[0]!, 'SIGKILL');
      const told = await vi.waitFor(async () => {
        const answer = await backend.fetch('/v2/models/tiny/ready');
        const { error } = (await answer.json()) as { error?: string };
        expect(error).toContain('holds no compiled model');
        return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
      }, LONG_ENOUGH);
      expect(told).toEqual({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
      // Whoever has no token learns that it is not ready, and no path.
      const health = await (await backend.fetch('/v2/health/ready')).json();
      expect(health).toEqual({ error: expect.stringMatching(/^The model "tiny" is not ready: [^/]*$/) });
    } finally {
      await rename(`${directory}-away`, directory);
    }
    await vi.waitFor(
      async () => expect((await backend.fetch('/v2/health/ready')).status).toBe(200),
      LONG_ENOUGH,
    );
    expect((await backend.infer(QUICK)).status).toBe(200);
  });
});

describe('a model whose folder another build has taken', () => {
  it('is not run by a worker that replaces another until it is loaded, and says so', async () => {
    const { directory } = server.model;
    const backend = await server.start();
    const newer = await buildReferenceModel('int8');
    await rename(directory, `${directory}-away`);
    await rename(newer.directory, directory);
    try {
      process.kill(backend.workers[0]!, 'SIGKILL');
      await vi.waitFor(async () => {
        const refused = await backend.infer(QUICK);
        const { error } = (await refused.json()) as { error?: string };
        expect([refused.status, error]).toEqual([503, expect.stringContaining('load the model again')]);
      }, LONG_ENOUGH);
      const load = await backend.fetch('/v2/repository/models/tiny/load', { method: 'POST' });
      expect(load.status).toBe(200);
      expect((await backend.infer(QUICK)).status).toBe(200);
    } finally {
      await rename(directory, newer.directory);
      await rename(`${directory}-away`, directory);
      await newer.remove();
    }
  });
});

describe('two loads of one model at once', () => {
  it('are one: both are answered, and one worker is left', async () => {
    const backend = await server.start();
    const ask = (action: string) => backend.fetch(`/v2/repository/models/tiny/${action}`, { method: 'POST' });
    await ask('unload');
    expect((await backend.infer(QUICK)).status).toBe(503);
    const loads = await Promise.all([ask('load'), ask('load')]);
    expect(loads.map(({ status }) => status)).toEqual([200, 200]);
    expect((await backend.infer(QUICK)).status).toBe(200);
    expect(backend.workers).toHaveLength(1);
  });
});

// The system's own ways to refuse what is written: a device that is always full, and a limit on the size of files.
describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  it.each([
    ['under the log', 'exec "$0" "$1"', openSync('/dev/full', 'w')],
    ['anywhere', 'ulimit -f 0; exec "$0" "$1"', 'ignore' as const],
  ])('%s keeps no model from being loaded and answering', async (_, command, stdout) => {
    const port = await freePort();
    const backend = spawn('/bin/sh', ['-c', command, process.execPath, MAIN], {
      env: {
        ...process.env,
        MODEL_DIR: server.model.directory,
        BACKEND_PORT: String(port),
        BACKEND_TOKEN: TOKEN,
        INFERENCE_THREADS: '1',
      },
      stdio: ['ignore', stdout, 'inherit'],
    });
    const exited = once(backend, 'exit');
    const url = `http://127.0.0.1:${port}/v2`;
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    try {
      await vi.waitFor(
        async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200),
        LONG_ENOUGH,
      );
      for (const token of [20, 21]) {
        const body = JSON.stringify(requestOf([inputIds([[token, 2]])]));
        expect((await fetch(`${url}/models/tiny/infer`, { method: 'POST', body, headers })).status).toBe(200);
      }
    } finally {
      backend.kill('SIGTERM');
    }
    expect((await exited)[0]).toBe(0);
  });
});
