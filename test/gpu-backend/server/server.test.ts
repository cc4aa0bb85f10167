import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../gpu-backend/scheduler/clock.ts';
import type { Submission } from '../../../gpu-backend/scheduler/queued-request.ts';
import type { ModelScheduler } from '../../../gpu-backend/models/open-model.ts';
import { createServer } from '../../../gpu-backend/server/app.ts';
import type { ServerOptions } from '../../../gpu-backend/server/context.ts';
import { BackendError } from '../../../gpu-backend/protocol/backend-error.ts';
import { logInferences } from '../../../gpu-backend/server/inference-log.ts';
import { fakeScheduler, loadedRepository, repositoryOf } from '../models/fake-models.ts';
import { inputIds, LIMITS, MODEL, requestOf } from '../protocol/inference-requests.ts';

const INFER = '/v2/models/org%2Ftiny/infer';
const NAME = 'org/tiny';
const LOADED = await loadedRepository(NAME, fakeScheduler());

/** The server over a model that echoes; `log` gathers what it wrote. */
function serverWith(options: Partial<ServerOptions> = {}) {
  const log: Record<string, unknown>[] = [];
  const app = createServer({
    repository: LOADED,
    limits: { ...LIMITS, maxBodyBytes: 2048 },
    tokens: [],
    isDraining: () => false,
    clock: systemClock,
    onInference: logInferences((line) => log.push(line)),
    metrics: undefined,
    log: (line) => log.push(line),
    ...options,
  });
  return { app, log };
}

const loadedWith = (options: Partial<ModelScheduler>) => loadedRepository(NAME, fakeScheduler(options));
const RESTARTING = await loadedWith({ state: { kind: 'restarting', reason: 'The worker restarts.' } });

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

async function statusAndBody(answered: Response | Promise<Response>) {
  const response = await answered;
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

describe('metadata', () => {
  it('describes the server', async () => {
    const { status, body } = await statusAndBody(serverWith().app.request('/v2'));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        name: 'tandem-gpu-backend',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        extensions: ['binary_tensor_data', 'model_repository', 'model_repository(unload_dependents)'],
      },
    });
  });

  it.each([
    '/v2/models/org%2Ftiny',
    '/v2/models/org/tiny',
    '/v2/models/org%2Ftiny/versions/1',
    '/v2/models/org%2Ftiny/',
  ])('describes the model at %s', async (path) => {
    const { body } = await statusAndBody(serverWith().app.request(path));
    expect(body).toMatchObject({ name: 'org/tiny', versions: ['1'], platform: 'onnxruntime_onnx' });
    expect(body['inputs']).toContainEqual({ name: 'length_penalty', datatype: 'FP32', shape: [-1, 1] });
    expect(body['outputs']).toContainEqual({ name: 'sequences', datatype: 'INT64', shape: [-1, -1, -1] });
    expect(body['properties']).toEqual({ vocab_size: String(MODEL.vocabSize) });
  });
});

describe('health', () => {
  const READY = ['/v2/health/ready', '/v2/models/org%2Ftiny/ready', '/v2/models/org%2Ftiny/versions/1/ready'];

  it.each(READY)('%s says yes once the model is open', async (path) => {
    expect(await statusAndBody(serverWith().app.request(path))).toMatchObject({
      status: 200,
      body: { ready: true },
    });
  });

  it.each<[string, Partial<ServerOptions>]>([
    ['its model loads', { repository: repositoryOf([NAME]) }],
    ['its worker restarts', { repository: RESTARTING }],
    ['it shuts down', { isDraining: () => true }],
  ])('is alive but not ready while %s', async (_, options) => {
    const { app } = serverWith(options);
    expect((await app.request('/v2/health/live')).status).toBe(200);
    for (const path of READY) {
      const { status, headers, body } = await statusAndBody(app.request(path));
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(body).toEqual({ error: expect.any(String) });
    }
    expect((await app.request(INFER, post(requestOf([inputIds()])))).status).toBe(503);
  });

  it('tells a request when to come again whose body was still coming when it was told to end', async () => {
    const told = [false, true];
    const { app } = serverWith({ isDraining: () => told.shift() ?? true, repository: await loadedWith({}) });
    const { status, headers, body } = await statusAndBody(app.request(INFER, post(requestOf([inputIds()]))));
    expect([status, body]).toEqual([503, { error: 'The server is shutting down.' }]);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});

describe('routes', () => {
  it.each([
    ['/v2/models/other', 'Unknown model "other"; this server has "org/tiny".'],
    ['/v2/models/other/ready', 'Unknown model "other"'],
    ['/v2/models/org%2Ftiny/versions/2', 'Unknown version "2"; the model has "1".'],
    ['/v2/models/org%2Ftiny/versions/2/ready', 'Unknown version "2"'],
    ['/v2/models/%E0%A4%A', 'Unknown model'],
    ['/v2/models', 'There is no such route.'],
    ['/v1/models', 'There is no such route.'],
    ['/', 'There is no such route.'],
  ])('%s is not found', async (path, message) => {
    const { status, body } = await statusAndBody(serverWith().app.request(path));
    expect(status).toBe(404);
    expect(body).toEqual({ error: expect.stringContaining(message) });
  });

  it('does not infer for another model or version', async () => {
    for (const path of ['/v2/models/other/infer', '/v2/models/org%2Ftiny/versions/2/infer']) {
      expect((await serverWith().app.request(path, post(requestOf([inputIds()])))).status).toBe(404);
    }
  });

  it.each([
    ['POST', '/v2', 'GET, HEAD'],
    ['DELETE', '/v2/health/live', 'GET, HEAD'],
    ['PUT', '/v2/models/org%2Ftiny', 'GET, HEAD'],
    ['GET', INFER, 'POST'],
  ])('%s %s is answered with what is allowed', async (method, path, allowed) => {
    const { status, headers, body } = await statusAndBody(serverWith().app.request(path, { method }));
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allowed);
    expect(body).toEqual({ error: expect.stringContaining(allowed) });
  });
});

describe('the load', () => {
  const load = async (options: Partial<ServerOptions>, headers: Record<string, string> = {}) => {
    const response = await serverWith(options).app.request(INFER, post(requestOf([inputIds()]), headers));
    const { status } = response;
    return {
      status,
      load: response.headers.get('endpoint-load-metrics'),
      timing: response.headers.get('server-timing'),
    };
  };
  const format = { 'endpoint-load-metrics-format': 'TEXT' };

  it('is told with an answer to whoever asks, beside where the time went', async () => {
    const waiting = { repository: await loadedWith({ waiting: 3 }) };
    const timing = expect.stringMatching(/^queue;dur=\d+, inference;dur=\d+$/);
    const told = 'TEXT named_metrics.num_requests_waiting=3';
    expect(await load(waiting, format)).toEqual({ status: 200, load: told, timing });
    expect(await load(waiting)).toEqual({ status: 200, load: null, timing });
    expect(await load(waiting, { 'endpoint-load-metrics-format': 'BIN' })).toMatchObject({ load: null });
  });

  it('is told with a refusal, too', async () => {
    const told = 'TEXT named_metrics.num_requests_waiting=0';
    expect(await load({ repository: RESTARTING }, format)).toEqual({ status: 503, load: told, timing: null });
  });
});

describe('the bearer token', () => {
  const { app } = serverWith({ tokens: ['s3cret', 'old-s3cret'] });
  const PATHS = ['/v2', '/v2/models/org%2Ftiny', '/v2/models/org%2Ftiny/ready', INFER, '/nowhere'];

  it.each(PATHS)('%s needs it', async (path) => {
    for (const authorization of ['', 'Bearer wrong', 's3cret']) {
      const { status, headers, body } = await statusAndBody(
        app.request(path, { headers: { authorization } }),
      );
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(JSON.stringify(body)).not.toContain('s3cret');
    }
  });

  it.each(['Bearer s3cret', 'Bearer old-s3cret'])('%s opens what it protects', async (authorization) => {
    expect((await app.request('/v2', { headers: { authorization } })).status).toBe(200);
    expect((await app.request(INFER, post(requestOf([inputIds()]), { authorization }))).status).toBe(200);
  });

  it('is not asked of health probes', async () => {
    for (const path of ['/v2/health/live', '/v2/health/ready'])
      expect((await app.request(path)).status).toBe(200);
  });
});

describe('infer', () => {
  it('answers with the tensors asked for', async () => {
    const body = requestOf([inputIds([[7, 2]])], { id: 'a', outputs: [{ name: 'lengths' }] });
    expect(await statusAndBody(serverWith().app.request(INFER, post(body)))).toMatchObject({
      status: 200,
      body: {
        id: 'a',
        model_name: 'org/tiny',
        model_version: '1',
        outputs: [{ name: 'lengths', datatype: 'INT64', shape: [1, 4], data: [2, 2, 2, 2] }],
      },
    });
  });

  it('hands on tenant, priority, the deadline, counted from the arrival, and the signal of a client that goes', async () => {
    const submissions: Submission[] = [];
    const { submit } = fakeScheduler();
    const repository = await loadedWith({
      submit(submission) {
        submissions.push(submission);
        return submit(submission);
      },
    });
    const { app } = serverWith({ repository, clock: { ...systemClock, nowMs: () => 1000 } });
    const client = new AbortController();
    const body = requestOf([inputIds()], { parameters: { timeout: 250_000, tenant: 'anna', priority: 3 } });
    await app.request(INFER, { ...post(body), signal: client.signal });
    await app.request(INFER, post(requestOf([inputIds()])));
    client.abort();
    expect(submissions.map(({ deadlineMs }) => deadlineMs)).toEqual([1250, Infinity]);
    expect(submissions[0]).toMatchObject({ tenant: 'anna', priority: 3 });
    expect(submissions.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it.each([
    ['a body that is no JSON', post('{'), 400],
    ['another content type', post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['a body too large', post(JSON.stringify('x'.repeat(3000))), 413],
    [
      'less JSON than its header says',
      post(requestOf([inputIds()]), { 'inference-header-content-length': '900' }),
      400,
    ],
    ['a request that the model cannot run', post(requestOf([])), 400],
  ])('refuses %s', async (_, request, expected) => {
    const { status, body } = await statusAndBody(serverWith().app.request(INFER, request));
    expect({ status, body }).toEqual({ status: expected, body: { error: expect.any(String) } });
  });

  it.each([
    [new BackendError('queue_full', 'Full.', { retryAfterSeconds: 9 }), 503, '9'],
    [new BackendError('deadline_exceeded', 'Late.'), 504, null],
  ])('answers what the queue says: %s', async (error, expected, retryAfter) => {
    const { app } = serverWith({ repository: await loadedWith({ submit: () => Promise.reject(error) }) });
    const { status, headers, body } = await statusAndBody(app.request(INFER, post(requestOf([inputIds()]))));
    expect(status).toBe(expected);
    expect(headers.get('retry-after')).toBe(retryAfter);
    expect(body).toEqual({ error: error.message });
  });

  it('tells the log of a fault, not the client', async () => {
    const fault = new Error('node 17: bad allocation');
    const { app, log } = serverWith({
      repository: await loadedWith({ submit: () => Promise.reject(fault) }),
    });
    const { status, body } = await statusAndBody(app.request(INFER, post(requestOf([inputIds()]))));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('allocation');
    expect(log).toContainEqual({ event: 'fault', level: 'error', message: 'node 17: bad allocation' });
  });
});

describe('the log', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';

  it('has one line for a request, with its times and its trace', async () => {
    const { app, log } = serverWith();
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    await app.request(INFER, post(requestOf([inputIds()], { id: 'a' }), { traceparent }));
    expect(log).toEqual([
      {
        event: 'inference',
        status: 200,
        request_id: 'a',
        model: NAME,
        rows: 1,
        total_ms: expect.any(Number),
        queue_ms: 1,
        inference_ms: 21,
        trace_id: TRACE,
      },
    ]);
  });

  it.each<[string, number, unknown, Record<string, string>]>([
    ['the header, even where nothing of the body is read', 503, '{', { 'x-request-id': 'h' }],
    ['the header, even where the body is no JSON', 400, '{', { 'x-request-id': 'h' }],
    ['the header before the body', 400, requestOf([], { id: 'b' }), { 'x-request-id': 'h' }],
    ['the body, where there is no header', 400, requestOf([], { id: 'h' }), {}],
    ['the body, where the header is empty', 400, requestOf([], { id: 'h' }), { 'x-request-id': '' }],
  ])("has a refused request's id from %s", async (_, status, body, headers) => {
    const { app, log } = serverWith({ isDraining: () => status === 503 });
    await app.request(INFER, post(body, headers));
    expect(log).toMatchObject([{ event: 'inference', status, request_id: 'h' }]);
  });

  it('cuts an id that is too long', async () => {
    const { app, log } = serverWith();
    await app.request(INFER, post(requestOf([inputIds()]), { 'x-request-id': 'x'.repeat(1000) }));
    expect(log).toMatchObject([{ status: 200, request_id: 'x'.repeat(128) }]);
  });

  it('has one line for a request that was refused, and no token ids in it', async () => {
    const { app, log } = serverWith();
    await app.request(INFER, post(requestOf([inputIds([[4711, 2]])]), { traceparent: 'nonsense' }));
    expect(log).toEqual([
      {
        event: 'inference',
        status: 400,
        reason: 'invalid_request',
        request_id: expect.stringMatching(/^[\da-f-]{36}$/),
        model: NAME,
        total_ms: expect.any(Number),
      },
    ]);
  });
});
