import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InferenceResponse } from '../../../shared/inference-protocol.ts';
import { inputIds, tensor } from '../protocol/inference-requests.ts';
import { buildReferenceModel, readReferenceCases } from '../runtime/reference-model.ts';
import { BackendProcess, TOKEN } from './backend-process.ts';

let model: Awaited<ReturnType<typeof buildReferenceModel>>;
beforeAll(async () => {
  model = await buildReferenceModel();
});
afterAll(() => model.remove());

const processes: BackendProcess[] = [];
function start(environment: Record<string, string> = {}, args: string[] = []): BackendProcess {
  const started = new BackendProcess(
    { MODEL_DIR: model.directory, BACKEND_TOKEN: TOKEN, ...environment },
    args,
  );
  processes.push(started);
  return started;
}
afterEach(async () => {
  for (const started of processes) started.signal('SIGKILL');
  await Promise.all(processes.splice(0).map(({ exited }) => exited));
});

/** A request that keeps the model busy for half a second or more. */
const slow = (firstToken = 7) => [
  inputIds([
    [firstToken, 2],
    [8, 2],
    [9, 2],
    [10, 2],
  ]),
  tensor('num_beams', [32, 32, 32, 32]),
  tensor('min_length', [128, 128, 128, 128]),
  tensor('max_length', [128, 128, 128, 128]),
];
const sequencesOf = (responses: Response[]) =>
  Promise.all(responses.map(async (response) => ((await response.json()) as InferenceResponse).outputs[0]));
const quick = (token: number) => [inputIds([[token, 2]]), tensor('max_length', [4])];

describe('the backend', () => {
  it('answers as transformers does', async () => {
    const backend = start();
    await backend.logged('ready');
    const [{ input_ids, parameters, sequences, scores }] = (await readReferenceCases()) as [never];
    const { forced_eos_token_id, ...recommended } = parameters as Record<string, number>;
    void forced_eos_token_id;
    const inputs = Object.entries(recommended).map(([name, value]) =>
      tensor(name, [value], [1], name === 'length_penalty' ? 'FP32' : 'INT64'),
    );
    const response = await backend.infer([inputIds(input_ids), ...inputs]);
    const { outputs } = (await response.json()) as { outputs: { data: number[] }[] };
    const best = (sequences as number[][][])[0]![0]!;
    expect(outputs[0]!.data.slice(0, best.length)).toEqual(best);
    expect(outputs[1]!.data[0]).toBe(best.length);
    expect(outputs[2]!.data[0]).toBeCloseTo((scores as number[][])[0]![0]!, 3);
  });

  it('answers health probes while it generates', async () => {
    const backend = start();
    await backend.logged('ready');
    let isDone = false;
    const generated = backend.infer(slow()).then((response) => {
      isDone = true;
      return response;
    });
    let answered = 0;
    while (!isDone) {
      expect((await backend.fetch('/v2/health/live')).status).toBe(200);
      expect((await backend.fetch('/v2/health/ready')).status).toBe(200);
      if (!isDone) answered++;
    }
    expect((await generated).status).toBe(200);
    expect(answered).toBeGreaterThan(5);
  });

  it('gathers into one run what comes while it generates, each request with its own answer', async () => {
    const backend = start();
    await backend.logged('ready');
    const first = backend.infer(slow());
    await wait(100);
    const together = await Promise.all(
      [20, 21, 22].map((token) => backend.infer(quick(token), { id: `r${token}` })),
    );
    const alone = await Promise.all([20, 21, 22].map((token) => backend.infer(quick(token))));
    expect((await first).status).toBe(200);
    expect(await sequencesOf(together)).toEqual(await sequencesOf(alone));
    const runs = backend.log.filter(({ request_id }) => /^r2/.test(String(request_id)));
    expect(new Set(runs.map(({ inference_ms }) => inference_ms)).size).toBe(1);
  });

  it('drops from the queue what a client that has gone had asked', async () => {
    const backend = start();
    await backend.logged('ready');
    const first = backend.infer(slow());
    await wait(100);
    const client = new AbortController();
    const gone = backend.infer(quick(20), { id: 'gone', signal: client.signal }).catch(() => 'aborted');
    await wait(50);
    client.abort();
    expect(await gone).toBe('aborted');
    expect(await backend.logged('inference', { request_id: 'gone' })).toMatchObject({ status: 499 });
    expect((await first).status).toBe(200);
  });

  it('says 503 with Retry-After when its queue is full', async () => {
    const backend = start({ MAX_QUEUE_SIZE: '1' });
    await backend.logged('ready');
    const running = backend.infer(slow());
    await wait(100);
    const waiting = backend.infer(quick(20));
    await wait(50);
    const refused = await backend.infer(quick(21));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await running).status).toBe(200);
    expect((await waiting).status).toBe(200);
  });

  it('refuses a body too large in the middle of it', async () => {
    const backend = start({ MAX_BODY_BYTES: '2048' });
    await backend.logged('ready');
    async function* chunks() {
      for (let chunk = 0; chunk < 64; chunk++) {
        await wait(1);
        yield new Uint8Array(1024);
      }
    }
    const body = ReadableStream.from(chunks());
    const upload = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const response = await backend.fetch('/v2/models/tiny/infer', upload);
    expect(response.status).toBe(413);
    expect((await backend.fetch('/v2/health/live')).status).toBe(200);
  });

  it('never writes token ids or its own token', async () => {
    const backend = start();
    await backend.logged('ready');
    await backend.infer(quick(7531), { id: 'x' });
    await backend.infer([inputIds([[99_999]])]);
    await backend.fetch('/v2', { headers: { authorization: 'Bearer wrong-token' } });
    await backend.logged('inference', { status: 400 });
    expect(backend.stdout + backend.stderr).not.toMatch(/7531|99999|s3cret|wrong-token/);
  });
});

describe('the backend, told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'after %s is not ready, answers what it has, and exits with 0',
    async (signal) => {
      const backend = start();
      await backend.logged('ready');
      const running = backend.infer(slow());
      await wait(100);
      const waiting = backend.infer(quick(20));
      await wait(50);
      backend.signal(signal);
      backend.signal(signal);
      await backend.logged('draining');
      expect((await backend.fetch('/v2/health/ready')).status).toBe(503);
      expect((await backend.infer(quick(21))).status).toBe(503);
      expect((await running).status).toBe(200);
      expect((await waiting).status).toBe(200);
      expect(await backend.exited).toEqual({ code: 0 });
      expect(backend.stderr).toBe('');
    },
  );

  it('gives up what waits once its time is over', async () => {
    const backend = start({ DRAIN_TIMEOUT_SECONDS: '0' });
    await backend.logged('ready');
    const running = backend.infer(slow());
    await wait(100);
    const waiting = backend.infer(quick(20));
    await wait(50);
    backend.signal('SIGTERM');
    expect((await waiting).status).toBe(503);
    expect((await running).status).toBe(200);
    expect(await backend.exited).toEqual({ code: 0 });
  });

  it('exits with 0 while its model loads', async () => {
    const backend = start();
    await backend.logged('listening');
    backend.signal('SIGTERM');
    expect(await backend.exited).toEqual({ code: 0 });
    expect(backend.stderr).toBe('');
  });
});

describe('the backend, started wrongly', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['without a model', { MODEL_DIR: '' }, /^tandem-gpu-backend: MODEL_DIR is missing\. .*\n$/],
    [
      'with a model that is not there',
      { MODEL_DIR: 'not-there' },
      /^tandem-gpu-backend: not-there holds no .*\n$/,
    ],
    ['with a wrong option', { MAX_BATCH_SIZE: 'many' }, /^tandem-gpu-backend: MAX_BATCH_SIZE must be .*\n$/],
  ])('%s says so in one line', async (_, environment, line) => {
    const backend = start(environment);
    expect(await backend.exited).toEqual({ code: 1 });
    expect(backend.stderr).toMatch(line);
    expect(backend.stdout).toBe('');
  });

  it('on a port in use says so in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const backend = start({ BACKEND_PORT: String(port) });
    expect(await backend.exited).toEqual({ code: 1 });
    expect(backend.stderr).toBe(
      `tandem-gpu-backend: port ${port} on 127.0.0.1 is in use: choose another with BACKEND_PORT.\n`,
    );
    other.close();
  });

  it('explains its options', async () => {
    const backend = start({ MODEL_DIR: '' }, ['--help']);
    expect(await backend.exited).toEqual({ code: 0 });
    expect(backend.stdout).toContain('MAX_QUEUE_DELAY_MICROSECONDS');
  });
});
