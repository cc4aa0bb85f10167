import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InferenceResponse } from '../../../shared/inference-protocol.ts';
import { inputIds, requestOf, tensor } from '../protocol/inference-requests.ts';
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

const sequencesOf = async (response: Response) => ((await response.json()) as InferenceResponse).outputs[0];
const quick = (token: number) => [inputIds([[token, 2]]), tensor('max_length', [4])];
const repeated = (value: number) => [value, value];
const slow = [
  inputIds([
    [7, 2],
    [8, 2],
  ]),
  tensor('num_beams', repeated(32)),
  tensor('min_length', repeated(128)),
  tensor('max_length', repeated(128)),
];

// Ten seconds, the longest that there is: a test is over before a request that is held back goes by itself.
const HOLDING = { MAX_QUEUE_DELAY_MICROSECONDS: '10000000' };
/** A deadline before the end of the delay: such a request leaves at once. */
const AT_ONCE = { timeoutMs: 9_000 };

/** Fills a queue with room for one: of two requests one is refused at once, so the other one waits by then. */
async function fillQueue(backend: BackendProcess, clients: AbortController[] = []) {
  const requests = [20, 21].map(async (token, index) => {
    const signal = clients[index]?.signal;
    const answer = backend.infer(quick(token), { id: `r${index}`, ...(signal && { signal }) });
    return { index, response: await answer };
  });
  const refused = await Promise.race(requests);
  const waiting = 1 - refused.index;
  return { refused: refused.response, waiting: requests[waiting]!, index: waiting };
}

describe('the backend', () => {
  let backend: BackendProcess;
  beforeAll(async () => {
    backend = new BackendProcess({
      MODEL_DIR: model.directory,
      BACKEND_TOKEN: TOKEN,
      MAX_BODY_BYTES: '4096',
    });
    await backend.logged('ready');
  });
  afterAll(() => backend.signal('SIGKILL'));

  it('answers as transformers does', async () => {
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
    let isDone = false;
    const generated = backend.infer(slow).then((response) => {
      isDone = true;
      return response;
    });
    await backend.logged('run', { rows: 2 });
    let answered = 0;
    while (!isDone) {
      expect((await backend.fetch('/v2/health/live')).status).toBe(200);
      expect((await backend.fetch('/v2/health/ready')).status).toBe(200);
      if (!isDone) answered++;
    }
    expect((await generated).status).toBe(200);
    expect(answered).toBeGreaterThan(5);
  });

  it('refuses a body too large in the middle of it', async () => {
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
    await backend.infer(quick(7531), { id: 'x' });
    await backend.infer([inputIds([[99_999]])], { id: 'y' });
    await backend.fetch('/v2', { headers: { authorization: 'Bearer wrong-token' } });
    await backend.logged('inference', { status: 400, request_id: 'y' });
    // Times, random ids and a free port hold digits too.
    const written = backend.log.map(({ time, request_id, url, ...line }) => JSON.stringify(line)).join();
    expect(written + backend.stderr).not.toMatch(/7531|99999|s3cret|wrong-token/);
  });
});

describe('the backend with several models', () => {
  it('answers for each under its own name', async () => {
    const backend = start({}, ['--model', `second=${model.directory}`]);
    expect((await backend.logged('ready'))['models']).toEqual(['tiny', 'second']);
    for (const name of ['tiny', 'second']) {
      const body = JSON.stringify(requestOf(quick(20)));
      const headers = { 'content-type': 'application/json' };
      const response = await backend.fetch(`/v2/models/${name}/infer`, { method: 'POST', body, headers });
      expect(await response.json()).toMatchObject({ model_name: name });
    }
    expect(backend.log.filter(({ event }) => event === 'run')).toMatchObject([
      { model: 'tiny' },
      { model: 'second' },
    ]);
  });
});

describe('the queue of the backend', () => {
  it('gathers requests into one run, each with its own answer', async () => {
    const backend = start({ ...HOLDING, MAX_BATCH_SIZE: '3' });
    await backend.logged('ready');
    const tokens = [20, 21, 22];
    const together = await Promise.all(tokens.map((token) => backend.infer(quick(token))));
    const alone: Response[] = [];
    for (const token of tokens) alone.push(await backend.infer(quick(token), AT_ONCE));
    expect(await Promise.all(together.map(sequencesOf))).toEqual(await Promise.all(alone.map(sequencesOf)));
    const runs = backend.log.filter(({ event }) => event === 'run');
    expect(runs.map(({ requests }) => requests)).toEqual([3, 1, 1, 1]);
  });

  it('refuses with Retry-After when it is full, and has room again once a client has gone', async () => {
    const backend = start({ ...HOLDING, MAX_QUEUE_SIZE: '1' });
    await backend.logged('ready');
    const clients = [new AbortController(), new AbortController()];
    const { refused, waiting, index } = await fillQueue(backend, clients);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    clients[index]!.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await backend.logged('inference', { request_id: `r${index}`, status: 499 });
    expect((await backend.infer(quick(22), AT_ONCE)).status).toBe(200);
    expect(backend.log.filter(({ event }) => event === 'run')).toHaveLength(1);
  });
});

describe('the backend, told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'after %s is not ready, answers what it has, and exits with 0',
    async (signal) => {
      const backend = start({ ...HOLDING, MAX_QUEUE_SIZE: '1' });
      await backend.logged('ready');
      const { waiting } = await fillQueue(backend);
      backend.signal(signal);
      expect(await backend.logged('draining')).toMatchObject({ waiting: 1 });
      // Either it says so, or it has ended by now.
      const probed = backend.fetch('/v2/health/ready').then(
        ({ status }) => status,
        () => 503,
      );
      expect(await probed).toBe(503);
      expect((await waiting).response.status).toBe(200);
      expect(await backend.exited).toEqual({ code: 0 });
      expect(backend.stderr).toBe('');
    },
  );

  it('refuses what comes, says when to come again, and closes the connection', async () => {
    const backend = start();
    await backend.logged('ready');
    const running = backend.infer(slow);
    await backend.logged('run');
    backend.signal('SIGTERM');
    await backend.logged('draining');
    const refused = await backend.infer(quick(20));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(refused.headers.get('connection')).toBe('close');
    expect((await running).headers.get('connection')).toBe('close');
    expect(await backend.exited).toEqual({ code: 0 });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once when %s is the second signal, its worker too', async (signal, code) => {
    const backend = start();
    await backend.logged('ready');
    const running = backend.infer(slow);
    await backend.logged('run');
    // It hears of nothing any more, and holds the backend's standard error, whose end `exited` waits for.
    process.kill(backend.workers[0]!, 'SIGSTOP');
    backend.signal('SIGTERM');
    await backend.logged('draining');
    backend.signal(signal);
    await expect(running).rejects.toThrow();
    expect(await backend.exited).toEqual({ code });
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
    ['without a model', { MODEL_DIR: '' }, /^tandem-gpu-backend: There is no model to serve: .*\n$/],
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

  it.each(['BACKEND_PORT', 'METRICS_PORT'])('on a %s in use says so in one line', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const backend = start({ [variable]: String(port) });
    expect(await backend.exited).toEqual({ code: 1 });
    expect(backend.stderr).toBe(
      `tandem-gpu-backend: port ${port} on 127.0.0.1 is in use: choose another with ${variable}.\n`,
    );
    other.close();
  });

  it('with a flag that there is not says so in one line', async () => {
    const backend = start({}, ['--max-batchsize', '4']);
    expect(await backend.exited).toEqual({ code: 1 });
    expect(backend.stderr).toBe(
      'tandem-gpu-backend: There is no option --max-batchsize: is --max-batch-size meant? See --help.\n',
    );
  });

  it('with a misspelt variable says which one is meant, and serves', async () => {
    const backend = start({ MAX_BATCHSIZE: '4' });
    expect(await backend.logged('configuration')).toMatchObject({
      level: 'warn',
      message: 'The variable MAX_BATCHSIZE is not read: is MAX_BATCH_SIZE meant?',
    });
    await backend.logged('ready');
  });

  it('explains its options, and shows no secret', async () => {
    const backend = start({ MODEL_DIR: '' }, ['--help']);
    expect(await backend.exited).toEqual({ code: 0 });
    expect(backend.stdout).toContain('MAX_QUEUE_DELAY_MICROSECONDS');
    expect(backend.stdout).not.toContain(TOKEN);
  });
});
