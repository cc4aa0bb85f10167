import { describe, expect, it } from 'vitest';
import { type BackendFetch, chunked, inferenceAnswer, json, sayBack, testApp } from '../test-app.ts';

const body = { messages: [{ role: 'user', content: 'hello' }] };
const THREE = JSON.stringify([
  { name: 'a', url: 'https://a.example' },
  { name: 'b', url: 'https://b.example' },
  { name: 'c', url: 'https://c.example' },
]);
const good = sayBack('fine');

interface Pool {
  a?: BackendFetch;
  b?: BackendFetch;
  c?: BackendFetch;
  settings?: Record<string, string | number>;
}

/** An edge before three backends, of which the first drawn is always "a" while it is as idle as the others. */
function threeBackends({ a = good, b = good, c = good, settings = {} }: Pool) {
  const asked: string[] = [];
  const timeouts: number[] = [];
  const clock = { nowMs: 1_750_000_000_000 };
  const app = testApp({
    settings: { BACKENDS: THREE, ...settings },
    random: () => 0,
    now: () => clock.nowMs,
    backend: (url, init) => {
      const name = new URL(url).hostname[0]!;
      if (init.method === 'POST') {
        asked.push(name);
        timeouts.push(JSON.parse(String(init.body)).parameters.timeout);
      }
      return { a, b, c }[name]!(url, init);
    },
  });
  return {
    ...app,
    asked,
    timeouts,
    clock,
    complete: (headers: Record<string, string> = {}, signal?: AbortSignal) =>
      app.request('POST', '/v1/chat/completions', { body, headers, ...(signal && { signal }) }),
    health: async () => (await json(app.request('GET', '/healthz'))).backends,
  };
}

const status = (code: number, headers: Record<string, string> = {}): BackendFetch => {
  return async (url) =>
    url.endsWith('/ready')
      ? new Response(null, { status: 503 })
      : new Response('', { status: code, headers });
};
const away: BackendFetch = () => Promise.reject(new TypeError('Network connection lost.'));
const hang: BackendFetch = async (url, init) =>
  url.endsWith('/ready')
    ? new Response(null)
    : new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(init.signal!.reason)));
const answerOf = async () => await (await good('/infer', {})).text();

/** All ways in which a backend can fail that another one can make good. */
const FAULTS: [string, BackendFetch][] = [
  ['is away', away],
  ['breaks', status(500)],
  ['has a gateway that breaks', status(502)],
  ['is full', status(503, { 'retry-after': '3' })],
  ['refuses the token', status(401)],
  ['does not have the model', status(404)],
  [
    'answers HTML',
    async () => new Response('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['answers half a body', async () => new Response((await answerOf()).slice(0, 60))],
  [
    'resets the connection in the middle of the answer',
    async () => new Response(chunked(await answerOf(), { broken: true })),
  ],
  ['answers wrong shapes', async () => Response.json({ ...inferenceAnswer([[5, 2]]), outputs: [] })],
  ['answers ids outside the vocabulary', async () => Response.json(inferenceAnswer([[5, 2_000_000, 2]]))],
];

describe('one of three backends that fails', () => {
  it.each(FAULTS)('and %s is not noticed by a client', async (_, fault) => {
    const app = threeBackends({ a: fault });
    const response = await app.complete();
    expect(response.status).toBe(200);
    expect(app.asked).toEqual(['a', 'b']);
    expect(app.log.at(-1)).toMatchObject({ status: 200, backend: 'b', attempts: 2 });
  });

  it('and hangs leaves half of the time for another', async () => {
    const app = threeBackends({ a: hang, settings: { BACKEND_TIMEOUT_MS: 400 } });
    expect((await app.complete()).status).toBe(200);
    expect(app.timeouts[0]).toBe(200_000);
  });

  it('is ejected after three failures, probed when its time is over, and asked again', async () => {
    let isWell = false;
    const app = threeBackends({ a: (url, init) => (isWell ? good(url, init) : status(500)(url, init)) });
    for (let time = 0; time < 6; time++) expect((await app.complete()).status).toBe(200);
    expect(app.asked.filter((name) => name === 'a')).toHaveLength(3);
    expect(await app.health()).toMatchObject([{ name: 'a', standing: 'ejected', ready: false }, {}, {}]);
    expect(app.log).toContainEqual(expect.objectContaining({ event: 'backend ejected', backend: 'a' }));

    // Its time is over, but it is not ready: longer.
    app.clock.nowMs += 2_000;
    await app.complete();
    await settled();
    isWell = true;
    app.clock.nowMs += 2_000;
    await app.complete();
    await settled();
    expect(await app.health()).toMatchObject([{ name: 'a', standing: 'ejected' }, {}, {}]);

    app.clock.nowMs += 2_000;
    await app.complete();
    await settled();
    expect(await app.health()).toMatchObject([{ name: 'a', standing: 'ready', ready: true }, {}, {}]);
    await app.complete();
    expect(app.asked.at(-1)).toBe('a');
  });

  it('is left alone for as long as it says that it is full, and is not ejected', async () => {
    const app = threeBackends({ a: status(503, { 'retry-after': '3' }) });
    for (let time = 0; time < 5; time++) await app.complete();
    expect(app.asked.filter((name) => name === 'a')).toHaveLength(1);
    expect(await app.health()).toMatchObject([{ standing: 'paused' }, {}, {}]);
    app.clock.nowMs += 3_000;
    await app.complete();
    expect(app.asked.filter((name) => name === 'a')).toHaveLength(2);
  });

  it('is not ejected by clients that hardly wait', async () => {
    const app = threeBackends({ a: hang, b: hang, c: hang, settings: { BACKEND_TIMEOUT_MS: 30_000 } });
    for (let time = 0; time < 4; time++) {
      expect((await app.complete({ 'x-stainless-timeout': '0.1' })).status).toBe(504);
    }
    expect((await app.health()).map((one: { standing: string }) => one.standing)).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
  });
});

describe('a request that a backend refuses', () => {
  it('is not asked elsewhere and ejects nobody', async () => {
    const app = threeBackends({ a: status(400) });
    for (let time = 0; time < 4; time++) expect((await app.complete()).status).toBe(502);
    expect(app.asked).toEqual(['a', 'a', 'a', 'a']);
  });
});

describe('backends that are all away', () => {
  it('are each asked once, and the client is told when the first has room', async () => {
    const app = threeBackends({
      a: status(503, { 'retry-after': '9' }),
      b: status(503, { 'retry-after': '4' }),
      c: away,
    });
    const response = await app.complete();
    expect(response.status).toBe(503);
    expect(app.asked.toSorted()).toEqual(['a', 'b', 'c']);
    expect(response.headers.get('retry-after')).toBe('4');
    const { cause } = app.log.at(-1)!;
    expect(cause).toMatch(/a: It answered 503.*b: It answered 503.*c: /s);
  });

  it('are asked even when all are ejected: one may be back', async () => {
    let isWell = false;
    const fault: BackendFetch = (url, init) => (isWell ? good(url, init) : away(url, init));
    const app = threeBackends({ a: fault, b: fault, c: fault });
    for (let time = 0; time < 4; time++) expect((await app.complete()).status).toBe(503);
    isWell = true;
    expect((await app.complete()).status).toBe(200);
  });

  it('are not asked ever more often: retries have a budget', async () => {
    const app = threeBackends({ a: away, b: away, c: away });
    // More than the rate limit of one client lets through, so straight at the pool.
    const call = {
      ...{ requestId: 'r', traceparent: null, tenant: null, timeoutMs: null },
      signal: new AbortController().signal,
      observe: () => {},
    };
    const parameters = app.dependencies.model.config.recommendedGeneration;
    for (let time = 0; time < 200; time++) {
      await app.dependencies.backend.generate({ rows: [[5, 2]], parameters }, call).catch(() => {});
    }
    expect(app.asked.length).toBeGreaterThan(200 + 50);
    expect(app.asked.length).toBeLessThanOrEqual(200 + 50 + 200 * 0.2);
  });
});

describe('many requests at once before backends that are away', () => {
  it('share one budget', async () => {
    const app = threeBackends({ a: away, b: away, c: away });
    const call = {
      ...{ requestId: 'r', traceparent: null, tenant: null, timeoutMs: null },
      signal: new AbortController().signal,
      observe: () => {},
    };
    const parameters = app.dependencies.model.config.recommendedGeneration;
    const generate = () =>
      app.dependencies.backend.generate({ rows: [[5, 2]], parameters }, call).catch(() => {});
    await Promise.all(Array.from({ length: 100 }, generate));
    expect(app.asked.length).toBeLessThanOrEqual(100 + 50 + 100 * 0.2);
  });
});

describe('a deadline', () => {
  it('is what the client has left, and shrinks along the way', async () => {
    const app = threeBackends({
      a: async () => {
        app.clock.nowMs += 4_000;
        return new Response('', { status: 500 });
      },
    });
    expect((await app.complete({ prefer: 'wait=10' })).status).toBe(200);
    expect(app.timeouts).toEqual([5_000_000, 3_000_000]);
  });

  it('is not retried past', async () => {
    const app = threeBackends({
      a: async () => {
        app.clock.nowMs += 9_999;
        return new Response('', { status: 500 });
      },
    });
    expect((await app.complete({ prefer: 'wait=10' })).status).toBe(503);
    expect(app.asked).toEqual(['a']);
  });
});

describe('a client that leaves', () => {
  it('is followed by no retry', async () => {
    const client = new AbortController();
    const app = threeBackends({
      a: (url, init) => {
        client.abort();
        return away(url, init);
      },
    });
    expect((await app.complete({}, client.signal)).status).toBe(499);
    expect(app.asked).toEqual(['a']);
    expect((await app.health())[0]).toMatchObject({ in_flight: 0, standing: 'ready' });
  });
});

describe('the load that backends report', () => {
  it('decides between two', async () => {
    const loaded: BackendFetch = async (url, init) => {
      const response = await good(url, init);
      response.headers.set('endpoint-load-metrics', 'TEXT named_metrics.num_requests_waiting=7');
      return response;
    };
    const app = threeBackends({ a: loaded });
    await app.complete();
    await app.complete();
    expect(app.asked).toEqual(['a', 'b']);
    expect((await app.health())[0]).toMatchObject({ name: 'a', waiting: 7 });
    // Old news is none.
    app.clock.nowMs += 5_000;
    await app.complete();
    expect(app.asked.at(-1)).toBe('a');
  });
});

/** Lets what goes on in the background come to its end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
