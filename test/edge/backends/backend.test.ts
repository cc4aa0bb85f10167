import { describe, expect, it } from 'vitest';
import { modelConfig } from '../../../edge/tokenizer/model.ts';
import type { InferenceResponse } from '../../../shared/inference-protocol.ts';
import { type BackendFetch, chunked, inferenceAnswer, json, sayBack, tensor, testApp } from '../test-app.ts';

const body = { messages: [{ role: 'user', content: 'hello' }], n: 2, num_beams: 2 };

async function complete(backend: BackendFetch, settings: Record<string, string | number> = {}) {
  const app = testApp({ backend, settings });
  const response = await app.request('POST', '/v1/chat/completions', { body });
  return { app, response, ...(await json(response)) };
}

describe('a call to the backend', () => {
  it('is an inference request with a deadline, the token and the trace', async () => {
    let seen: { url: string; init: RequestInit } | undefined;
    const app = testApp({
      settings: {
        BACKEND_URL: 'https://backend.example/prefix/',
        BACKEND_TOKEN: 'secret',
        BACKEND_TIMEOUT_MS: 5_000,
      },
      // No time goes by that would be taken off the deadline.
      now: () => 1_000_000,
      backend: (url, init) => {
        seen = { url, init };
        return sayBack('one', 'two')(url, init);
      },
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await app.request('POST', '/v1/chat/completions', { body, headers: { traceparent } });
    expect(seen!.url).toBe('https://backend.example/prefix/v2/models/tandem-mini/infer');
    expect(seen!.init.headers).toMatchObject({ authorization: 'Bearer secret', traceparent });
    expect(seen!.init.redirect).toBe('manual');
    const [request] = app.requests;
    expect(request!.parameters).toEqual({ timeout: 5_000_000 });
    expect(tensor(request, 'attention_mask')).toEqual(tensor(request, 'input_ids').map(() => 1));
    expect(tensor(request, 'num_beams')).toEqual([2]);
  });

  it('has no token where none is set, and no trace that makes no sense', async () => {
    const app = testApp({
      backend: async (url, init) => {
        expect(Object.keys(init.headers!)).toEqual([
          'content-type',
          'endpoint-load-metrics-format',
          'x-request-id',
        ]);
        return sayBack('one', 'two')(url, init);
      },
    });
    const [trace, span] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    for (const traceparent of [
      'nonsense',
      `ff-${trace}-${span}-01`,
      `00-${'0'.repeat(32)}-${span}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `00-${trace}-${span}-01-more`,
    ]) {
      const headers = { traceparent };
      expect((await app.request('POST', '/v1/chat/completions', { body, headers })).status).toBe(200);
    }
  });

  it('passes on a trace of a later version', async () => {
    const traceparent = '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more';
    const app = testApp({
      backend: async (url, init) => {
        expect(init.headers).toMatchObject({ traceparent });
        return sayBack('one', 'two')(url, init);
      },
    });
    const response = await app.request('POST', '/v1/chat/completions', { body, headers: { traceparent } });
    expect(response.status).toBe(200);
  });
});

describe('a backend that fails', () => {
  it.each<[string, BackendFetch, number, string, string | null]>([
    ['is away', () => Promise.reject(new TypeError('refused')), 503, 'backend_unavailable', '5'],
    ['is full', answer(503, { 'retry-after': '17' }), 503, 'backend_unavailable', '17'],
    ['is full and does not say for how long', answer(503), 503, 'backend_unavailable', '5'],
    [
      'is full for a silly time',
      answer(429, { 'retry-after': '99999999' }),
      503,
      'backend_unavailable',
      '3600',
    ],
    ['has no gateway behind it', answer(502), 503, 'backend_unavailable', '5'],
    ['missed the deadline', answer(504), 504, 'backend_timeout', null],
    ['refuses the token', answer(401), 502, 'backend_misconfigured', null],
    ['refuses the edge', answer(403), 502, 'backend_misconfigured', null],
    ['does not know the model', answer(404), 502, 'backend_misconfigured', null],
    ['breaks', answer(500), 503, 'backend_unavailable', '5'],
    ['does not understand the edge', answer(400), 502, 'bad_backend_answer', null],
    [
      'points elsewhere',
      answer(302, { location: 'https://elsewhere.example' }),
      502,
      'bad_backend_answer',
      null,
    ],
  ])('and %s is told clearly', async (_, backend, status, code, retryAfter) => {
    const { app, response, error } = await complete(backend);
    expect(response.status).toBe(status);
    expect(error).toMatchObject({ code, type: 'server_error', param: null });
    expect(error.message).not.toContain('details');
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(app.log[0]).toMatchObject({ code, cause: expect.any(String) });
  });

  it('and never answers is given up at the deadline', async () => {
    const never: BackendFetch = (_, init) =>
      new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(init.signal!.reason)));
    const { response, error } = await complete(never, { BACKEND_TIMEOUT_MS: 100 });
    expect(response.status).toBe(504);
    expect(error.code).toBe('backend_timeout');
  });
});

describe('a client that goes away', () => {
  it('ends the call to the backend', async () => {
    let backendSignal: AbortSignal | undefined;
    const { dependencies } = testApp({
      backend: (_, init) => {
        backendSignal = init.signal!;
        return new Promise((_, reject) =>
          backendSignal!.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      },
    });
    const client = new AbortController();
    const parameters = modelConfig.recommendedGeneration;
    const call = {
      ...{ requestId: 'r', traceparent: null, tenant: null, timeoutMs: null },
      signal: client.signal,
      observe: () => {},
    };
    const generated = dependencies.backend.generate({ rows: [[5, 2]], parameters }, call);
    client.abort();
    await expect(generated).rejects.toMatchObject({ code: 'client_closed_request' });
    expect(backendSignal!.aborted).toBe(true);
  });
});

describe('a request whose client goes away', () => {
  it.each([
    ['with a body of a stated length', () => JSON.stringify(body)],
    ['with a body in pieces', () => chunked(JSON.stringify(body))],
  ])('%s ends the call to the backend', async (_, sent) => {
    const client = new AbortController();
    const app = testApp({
      backend: (_, init) =>
        new Promise((_, reject) => {
          init.signal!.addEventListener('abort', () => reject(new Error('aborted')));
          client.abort();
        }),
    });
    const init = { body: sent(), signal: client.signal };
    expect((await app.request('POST', '/v1/chat/completions', init)).status).toBe(499);
    expect(app.log[0]).toMatchObject({ status: 499, code: 'client_closed_request' });
  });
});

describe('a backend that lies', () => {
  const good = () =>
    inferenceAnswer([
      [5, 6, 2],
      [7, 2],
    ]);
  const withOutput = (name: string, change: object): InferenceResponse => ({
    ...good(),
    outputs: good().outputs.map((output) => (output.name === name ? { ...output, ...change } : output)),
  });

  it.each([
    ['in words', 'oops'],
    ['with nothing', {}],
    ['without sequences', { ...good(), outputs: [] }],
    ['with one row too many', withOutput('sequences', { shape: [2, 2, 3] })],
    ['with too few sequences', inferenceAnswer([[5, 2]])],
    ['with another number of dimensions', withOutput('sequences', { shape: [2, 3] })],
    ['about how many numbers there are', withOutput('sequences', { data: [1, 2] })],
    ['with a length beyond the tensor', withOutput('lengths', { data: [4, 2] })],
    ['with a negative length', withOutput('lengths', { data: [-1, 2] })],
    ['with lengths of another shape', withOutput('lengths', { shape: [2, 1] })],
    ['with scores of another shape', withOutput('scores', { shape: [2] })],
    ['with more scores than sequences', withOutput('scores', { data: [-1, -1, -1] })],
    ['with ids beyond the vocabulary', withOutput('sequences', { data: [5, 6, 2, 999_999, 2, 0] })],
    ['with ids that are no integers', withOutput('sequences', { data: [5.5, 6, 2, 7, 2, 0] })],
    ['with ids that are text', withOutput('sequences', { data: ['5', 6, 2, 7, 2, 0] })],
  ])('%s is not believed', async (_, answered) => {
    const { response, error } = await complete(async () =>
      typeof answered === 'string' ? new Response(answered) : Response.json(answered),
    );
    expect(response.status).toBe(502);
    expect(error.code).toBe('bad_backend_answer');
  });

  it('in no way is believed', async () => {
    const { response } = await complete(async () => Response.json(good()));
    expect(response.status).toBe(200);
  });
});

function answer(status: number, headers: Record<string, string> = {}): BackendFetch {
  return async () => Response.json({ error: 'details' }, { status, headers });
}
