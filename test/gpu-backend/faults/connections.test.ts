import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { requestOf } from '../protocol/inference-requests.ts';
import { type BackendProcess, TOKEN } from '../server/backend-process.ts';
import { backends, QUICK } from './backends.ts';

const INFER = '/v2/models/tiny/infer';
const LARGEST = 64 * 1024;
const LIMITS = { REQUEST_TIMEOUT_SECONDS: '2', MAX_BODY_BYTES: String(LARGEST) };
// What a garbage collector leaves for later. A leak of a thousand connections or bodies would be more.
const SLACK_BYTES = 64 * 1024 * 1024;

// How many files a process has open is told on Linux alone.
const itCounts = it.runIf(process.platform === 'linux');

const server = backends();

async function open(backend: BackendProcess): Promise<Socket> {
  const { port } = new URL(String((await backend.logged('listening'))['url']));
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Everything that the backend holds for connections. */
async function held(backend: BackendProcess) {
  const metrics = await backend.metrics();
  return {
    files: metrics.get('process_open_fds')!,
    bytes: metrics.get('process_resident_memory_bytes')!,
  };
}

async function expectLevel(backend: BackendProcess, before: { files: number; bytes: number }): Promise<void> {
  await vi.waitFor(async () => expect((await held(backend)).files).toBeLessThanOrEqual(before.files + 2), {
    timeout: 20_000,
    interval: 100,
  });
  expect((await held(backend)).bytes).toBeLessThan(before.bytes + SLACK_BYTES);
}

function head(...headers: string[]): string {
  const common = [`POST ${INFER} HTTP/1.1`, 'Host: backend', `Authorization: Bearer ${TOKEN}`];
  return `${[...common, ...headers].join('\r\n')}\r\n\r\n`;
}

describe('a thousand connections that send nothing', () => {
  itCounts('keep nobody from being answered, are closed in time, and leave nothing behind', async () => {
    const backend = await server.start({ ...LIMITS, REQUEST_TIMEOUT_SECONDS: '5' });
    const before = await held(backend);
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => open(backend)));
    const closed = Promise.all(sockets.map((socket) => text(socket)));
    // The system connects a client before the process accepts it.
    await vi.waitFor(
      async () => expect((await held(backend)).files).toBeGreaterThanOrEqual(before.files + 1000),
      { timeout: 4_000, interval: 50 },
    );
    expect((await backend.infer(QUICK)).status).toBe(200);
    const answers = await closed;
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(1000);
    await expectLevel(backend, before);
    expect((await backend.infer(QUICK)).status).toBe(200);
  });
});

describe('bodies that are not what they seem', () => {
  const json = (body: unknown, headers: Record<string, string> = {}) => ({
    method: 'POST',
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const lying = (shape: number[], data: unknown, name = 'input_ids') =>
    json({ inputs: [{ name, datatype: 'INT64', shape, data }] });
  // Ten megabytes of zeros are ten kilobytes.
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(10 * 1024 * 1024)));

  const BODIES: [string, RequestInit, number][] = [
    ['too large', json('x'.repeat(LARGEST + 1)), 413],
    ['nested deep', json('['.repeat(LARGEST / 2)), 400],
    ['a bomb in gzip', json(bomb, { 'content-encoding': 'gzip' }), 415],
    ['a bomb that says nothing of it', json(bomb), 400],
    ['a form', json('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['in UTF-16', json('{}', { 'content-type': 'application/json; charset=utf-16' }), 415],
    ['more values than its shape', lying([1, 2], [[1, 2, 3]]), 400],
    ['a shape larger than memory', lying([1_000_000, 1_000_000], [1]), 400],
    ['a shape whose product overflows', lying([2 ** 53 - 1, 2 ** 53 - 1], []), 400],
    ['a shape below nothing', lying([-1, -1], []), 400],
    [
      'binary data longer than the body',
      json(
        {
          inputs: [
            { name: 'input_ids', datatype: 'INT64', shape: [1, 2], parameters: { binary_data_size: 1e9 } },
          ],
        },
        { 'inference-header-content-length': '105' },
      ),
      400,
    ],
  ];

  it('are refused in one sentence, and are no fault of the server', async () => {
    const backend = await server.start(LIMITS);
    for (const [what, request, status] of BODIES) {
      const response = await backend.fetch(INFER, request);
      expect(response.status, what).toBe(status);
      expect(await response.json(), what).toEqual({ error: expect.stringMatching(/^[^\n]{1,500}\.$/) });
    }
    expect((await backend.infer(QUICK)).status).toBe(200);
    expect(backend.log.filter(({ event }) => event === 'fault')).toEqual([]);
  });

  itCounts('leave nothing behind, however many are cut in half', async () => {
    const backend = await server.start(LIMITS);
    await backend.infer(QUICK);
    const before = await held(backend);
    const body = JSON.stringify(requestOf(QUICK));
    const lengths = [1, Math.floor(body.length / 2), body.length - 1];
    for (let round = 0; round < 100; round++) {
      await Promise.all(
        lengths.map(async (length) => {
          const socket = await open(backend);
          socket.end(
            head('Content-Type: application/json', `Content-Length: ${body.length}`) + body.slice(0, length),
          );
          await text(socket).catch(() => '');
        }),
      );
    }
    await expectLevel(backend, before);
    expect(backend.log.filter(({ event }) => event === 'run')).toHaveLength(1);
    expect((await backend.infer(QUICK)).status).toBe(200);
  });
});

describe('a client that goes', () => {
  it('while its request waits costs no run', async () => {
    const backend = await server.start({ MAX_QUEUE_DELAY_MICROSECONDS: '10000000' });
    const client = new AbortController();
    const gone = backend.infer(QUICK, { id: 'gone', signal: client.signal }).catch(() => 'gone');
    await vi.waitFor(async () =>
      expect((await backend.metrics()).get('tandem_num_requests_waiting{model_name="tiny"}')).toBe(1),
    );
    client.abort();
    expect(await gone).toBe('gone');
    await backend.logged('inference', { request_id: 'gone', status: 499, reason: 'client_gone' });
    const metrics = await backend.metrics();
    expect(metrics.get('tandem_num_requests_waiting{model_name="tiny"}')).toBe(0);
    expect(metrics.get('tandem_request_rejected_total{model_name="tiny",reason="client_gone"}')).toBe(1);
    expect(metrics.get('tandem_batch_rows_count{model_name="tiny"}')).toBeUndefined();
  });

  it('while it is answered lets its neighbours have their answers, and the next ones theirs', async () => {
    const backend = await server.start({ MAX_QUEUE_DELAY_MICROSECONDS: '10000000', MAX_BATCH_SIZE: '2' });
    const client = new AbortController();
    const gone = backend.infer(QUICK, { id: 'gone', signal: client.signal }).catch(() => 'gone');
    const neighbour = backend.infer(QUICK, { id: 'neighbour' });
    await backend.logged('run', { rows: 2 });
    client.abort();
    await gone;
    expect((await neighbour).status).toBe(200);
    expect((await backend.infer(QUICK, { timeoutMs: 9_000 })).status).toBe(200);
    expect((await backend.metrics()).get('tandem_num_requests_running{model_name="tiny"}')).toBe(0);
  });
});
