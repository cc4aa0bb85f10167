import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT, WRANGLER_CONFIG, WRANGLER_MAIN } from '../../infra/paths.ts';
import { freePort } from './free-port.ts';

/**
 * The worker as a process that is killed with SIGKILL, in the middle of turns, and started again on the same state. Only the
 * backend is a test's own, so that it is known when it has answered.
 */
let state: string;
let backendUrl: string;
/** Requests that the backend has not answered. */
const held: ServerResponse[] = [];
let arrived = Promise.withResolvers<void>();
let replies = 0;

const backend = createServer((request, response) => {
  request.resume();
  if (request.method === 'GET') {
    response.end('{}');
  } else {
    held.push(response);
    arrived.resolve();
    arrived = Promise.withResolvers();
  }
});

/** A reply of a token that no other one has, and the end. */
function answer(response: ServerResponse): Promise<unknown> {
  replies += 1;
  const outputs = [
    { name: 'sequences', datatype: 'INT64', shape: [1, 1, 2], data: [300 + replies, 2] },
    { name: 'lengths', datatype: 'INT64', shape: [1, 1], data: [2] },
    { name: 'scores', datatype: 'FP32', shape: [1, 1], data: [-1] },
  ];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ model_name: 'tandem-mini', model_version: '1', outputs }));
  return once(response, 'finish');
}

/** Until the backend holds a request. */
async function arrival(): Promise<void> {
  while (held.length === 0) await arrived.promise;
}

async function asked(): Promise<ServerResponse> {
  await arrival();
  return held.shift()!;
}

let edge: { url: string; process: ChildProcess };

async function startEdge(): Promise<void> {
  const port = await freePort();
  const script = [
    ...[WRANGLER_MAIN, 'dev', '--local', '--config', WRANGLER_CONFIG, '--persist-to', state],
    ...['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'],
    ...[
      '--var',
      `BACKEND_URL:${backendUrl}`,
      'DEVELOPMENT_MODE:true',
      '--show-interactive-dev-session=false',
    ],
  ];
  const environment = { CI: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' };
  const child = spawn(process.execPath, script, {
    cwd: PROJECT,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
    detached: true,
  });
  edge = { url: `http://127.0.0.1:${port}`, process: child };
  await vi.waitFor(async () => expect((await fetch(`${edge.url}/healthz`)).ok).toBe(true), {
    timeout: 60_000,
    interval: 100,
  });
}

/** Wrangler and its workerd, without a word. */
async function killEdge(): Promise<void> {
  const ended = once(edge.process, 'close');
  process.kill(-edge.process.pid!, 'SIGKILL');
  await ended;
}

async function request(method: string, path: string, options: { body?: object; headers?: object } = {}) {
  const { body, headers } = options;
  const response = await fetch(edge.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what the body must be
  return { status: response.status, body: (await response.json()) as any };
}

const createSession = async (): Promise<string> => (await request('POST', '/v1/sessions')).body.id;
const contents = async (id: string): Promise<string[]> =>
  (await request('GET', `/v1/sessions/${id}`)).body.messages.map(
    ({ content }: { content: string }) => content,
  );

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-durability-'));
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  await startEdge();
});

afterEach(() => {
  held.length = 0;
});

afterAll(async () => {
  await killEdge();
  backend.closeAllConnections();
  backend.close();
  await rm(state, { recursive: true, force: true });
});

describe('a worker that is killed', () => {
  // From before the reply is read to after it is stored and sent.
  it.each([0, 2, 5, 20, 200])(
    '%i ms after the reply of a turn has it once when it is asked for again',
    async (ms) => {
      const id = await createSession();
      const first = request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'before' } });
      await answer(await asked());
      await first;

      const turn = { body: { content: 'hi' }, headers: { 'idempotency-key': 'turn' } };
      const said = request('POST', `/v1/sessions/${id}/messages`, turn).catch(() => null);
      await answer(await asked());
      await pause(ms);
      await killEdge();
      const told = await said;

      await startEdge();
      const again = request('POST', `/v1/sessions/${id}/messages`, turn);
      // Where it is not asked again, nobody may be left waiting for what the next test is asked.
      await Promise.race([arrival(), again]);
      if (held.length > 0) await answer(held.shift()!);
      const { status, body } = await again;
      expect(status).toBe(200);
      expect(await contents(id)).toEqual(['before', expect.any(String), 'hi', body.content]);
      // Whoever was told a reply has it in the history.
      if (told !== null) expect(body).toEqual(told.body);
    },
  );

  it('while nobody waited for the reply gives it all the same, once, without being asked', async () => {
    const id = await createSession();
    const body = { content: 'hi', async: true };
    const accepted = await request('POST', `/v1/sessions/${id}/messages`, { body });
    expect(accepted.status).toBe(202);
    await asked();
    await killEdge();
    await startEdge();
    const poll = async () => (await request('GET', `/v1/sessions/${id}/messages/${accepted.body.id}`)).body;
    await answer(await asked());
    const reply = await vi.waitFor(
      async () => {
        const polled = await poll();
        expect(polled.status).toBe('completed');
        return polled;
      },
      { timeout: 10_000 },
    );
    expect(await contents(id)).toEqual(['hi', reply.content]);
    expect(held).toEqual([]);
  });
});
