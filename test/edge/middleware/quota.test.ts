import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppDependencies } from '../../../edge/dependencies.ts';
import type { KeyObject } from '../../../edge/keys/key-object.ts';
import type { KeyRecord } from '../../../edge/keys/key-record.ts';
import type { Reservation } from '../../../edge/records/record-object.ts';
import { modelConfig } from '../../../edge/tokenizer/model.ts';
import { type BackendFetch, json, sayBack, testApp } from '../test-app.ts';
import {
  createKey,
  createPublishableKey,
  holding,
  type KeyedApp,
  keyedApp,
  ORIGIN,
  tradeKey,
} from '../test-keys.ts';

const hello = { messages: [{ role: 'user', content: 'hello' }] };
const window_seconds = 2_000_000;
const limits = { requests: { limit: 3, window_seconds }, tokens: { limit: 100_000, window_seconds } };

const chat = (app: KeyedApp, key: string) =>
  app.request('POST', '/v1/chat/completions', { body: hello, headers: holding(key) });

async function remainingTokens(app: KeyedApp, id: string): Promise<number> {
  await Promise.all(app.background);
  const decision = await env.API_KEYS.getByName(id).reserve({ sessionId: null, tokens: 0 });
  return decision!.standings.find(({ name }) => name === 'tokens')!.remaining;
}

describe('the quota of a key', () => {
  it('is told with every answer, in the draft’s headers and in OpenAI’s', async () => {
    const app = keyedApp();
    const { key } = await createKey(app, { limits });
    const { headers } = await chat(app, key);
    expect(headers.get('ratelimit-policy')).toBe(
      `"requests";q=3;w=${window_seconds}, "tokens";q=100000;qu="tokens";w=${window_seconds}`,
    );
    expect(headers.get('ratelimit')).toMatch(/^"requests";r=2;t=\d+, "tokens";r=\d+;t=\d+$/);
    expect(headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+h\d+m\d+s$/);
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(100_000);
  });

  it('ends in a 429 that says which quota it was, and when to come back', async () => {
    const app = keyedApp();
    const { key } = await createKey(app, { limits });
    for (let i = 0; i < 3; i++) expect((await chat(app, key)).status).toBe(200);
    const refused = await chat(app, key);
    expect(refused.status).toBe(429);
    const { error } = await json(refused);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(error.message).toContain('requests (3 in 2000000 seconds)');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(600_000);
    expect(refused.headers.get('ratelimit')).toContain(`"requests";r=0;t=${seconds}`);
    expect(app.requests).toHaveLength(3);
  });

  it('lets exactly as many through as it holds, of many at once', async () => {
    const app = keyedApp();
    const { key } = await createKey(app, { limits: { requests: { limit: 40, window_seconds } } });
    const answers = await Promise.all(Array.from({ length: 150 }, () => chat(app, key)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(40);
    expect(statuses.filter((status) => status === 429)).toHaveLength(110);
  });

  it('counts a new session as a request that costs no tokens', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app, { limits });
    const create = () => app.request('POST', '/v1/sessions', { headers: holding(key) });
    expect((await create()).headers.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(await remainingTokens(app, id)).toBe(100_000);
    const { id: session } = await json(create());
    const refused = await create();
    expect(refused.status).toBe(429);
    expect((await json(refused)).error.message).toContain('requests (3 in 2000000 seconds)');
    expect((await app.request('GET', `/v1/sessions/${session}`, { headers: holding(key) })).status).toBe(200);
  });

  it('lets no more through at once than it holds where each asks for many replies', async () => {
    const app = keyedApp({ backend: sayBack(...Array.from({ length: 20 }, (_, n) => `i have ${n} dogs`)) });
    const { key, id } = await createKey(app, { limits: { tokens: { limit: 3_000, window_seconds } } });
    const body = { prompt: Array.from({ length: 8 }, () => 'hello'), n: 20, num_beams: 20 };
    const ask = () => app.request('POST', '/v1/completions', { body, headers: holding(key) });
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array(9).fill(429)]);
    const { usage } = await json(answers.find(({ status }) => status === 200)!);
    expect(await remainingTokens(app, id)).toBe(Math.max(3_000 - usage.total_tokens, 0));
  });

  it('lets one through that holds all that there is by itself, and asks for many replies', async () => {
    const app = keyedApp({ backend: sayBack('i have a dog', 'i have a cat', 'i have a hen', 'no') });
    const { key, id } = await createKey(app, { limits: { tokens: { limit: 100, window_seconds } } });
    const body = { prompt: 'hello', n: 4, num_beams: 4 };
    const answer = await app.request('POST', '/v1/completions', { body, headers: holding(key) });
    expect(answer.status).toBe(200);
    expect(await remainingTokens(app, id)).toBe(100 - (await json(answer)).usage.total_tokens);
  });

  it('is charged what the answer says that it used', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app, { limits });
    const { usage } = await json(chat(app, key));
    expect(usage.total_tokens).toBeGreaterThan(2);
    expect(await remainingTokens(app, id)).toBe(100_000 - usage.total_tokens);
  });

  it('is not charged tokens for what failed', async () => {
    const app = keyedApp({ backend: async () => new Response('oops', { status: 500 }) });
    const { key, id } = await createKey(app, { limits });
    expect((await chat(app, key)).status).toBeGreaterThan(499);
    const wrong = { body: { messages: [] }, headers: holding(key) };
    expect((await app.request('POST', '/v1/chat/completions', wrong)).status).toBe(400);
    expect(await remainingTokens(app, id)).toBe(100_000);
  });

  it('is charged for a stream, whether it was read to its end or not', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app, { limits });
    const stream = async () => {
      const body = { ...hello, stream: true, stream_options: { include_usage: true } };
      return app.request('POST', '/v1/chat/completions', { body, headers: holding(key) });
    };
    const whole = await (await stream()).text();
    const used = Number(/"total_tokens":(\d+)/.exec(whole)![1]);
    expect(used).toBeGreaterThan(2);
    expect(await remainingTokens(app, id)).toBe(100_000 - used);

    const reader = (await stream()).body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await remainingTokens(app, id)).toBe(100_000 - 2 * used);
  });

  it('is charged for a stream that nobody reads to its end', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app, { limits });
    const body = { ...hello, stream: true };
    const { status } = await app.request('POST', '/v1/chat/completions', { body, headers: holding(key) });
    expect(status).toBe(200);
    const level = async () => (await env.API_KEYS.getByName(id).usage())![1]!.remaining;
    const reservation = 2 * modelConfig.maxPositions;
    await vi.waitFor(async () => expect(await level()).not.toBe(100_000 - reservation));
  });

  it('keeps the whole reservation where a reader left before anybody knew what it would cost', async () => {
    let asked = () => {};
    const backendWasAsked = new Promise<void>((resolve) => (asked = resolve));
    const backend: BackendFetch = (url, { signal }) =>
      new Promise((_, reject) => {
        if (!url.endsWith('/infer')) return;
        asked();
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const app = keyedApp({ backend });
    const { key, id } = await createKey(app, { limits });
    const departure = new AbortController();
    const body = { ...hello, stream: true };
    const answer = app.request('POST', '/v1/chat/completions', {
      body,
      headers: holding(key),
      signal: departure.signal,
    });
    await backendWasAsked;
    departure.abort();
    expect((await answer).status).toBe(499);
    expect(await remainingTokens(app, id)).toBe(100_000 - 2 * modelConfig.maxPositions);
  });

  it.each([{}, { stream: true }])(
    'keeps it where a client gave the model too little time, and not where the edge did (%j)',
    async (more) => {
      const backend: BackendFetch = (url, { signal }) =>
        new Promise((resolve, reject) => {
          if (!url.endsWith('/infer')) return resolve(new Response(null));
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
      const app = keyedApp({ backend, settings: { BACKEND_TIMEOUT_MS: 200 } });
      const { key, id } = await createKey(app, { limits });
      const ask = async (seconds: string) => {
        const headers = { ...holding(key), 'x-stainless-timeout': seconds };
        const init = { body: { ...hello, ...more }, headers };
        expect((await app.request('POST', '/v1/chat/completions', init)).status).toBe(504);
      };
      await ask('600');
      expect(await remainingTokens(app, id)).toBe(100_000);
      await ask('0.1');
      expect(await remainingTokens(app, id)).toBe(100_000 - 2 * modelConfig.maxPositions);
    },
  );

  it('counts what asks the model and nothing else', async () => {
    const app = keyedApp();
    const { key } = await createKey(app, { limits });
    for (let i = 0; i < 10; i++) {
      const response = await app.request('GET', '/v1/models', { headers: holding(key) });
      expect(response.status).toBe(200);
      expect(response.headers.has('ratelimit')).toBe(false);
    }
  });

  it('ends a revoked key at once for what asks the model', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app);
    expect((await chat(app, key)).status).toBe(200);
    await app.admin('POST', `/${id}/revoke`);
    const refused = await chat(app, key);
    expect(refused.status).toBe(401);
    expect((await json(refused)).error.code).toBe('invalid_api_key');
  });

  it('is not kept in development', async () => {
    const { headers, status } = await testApp().request('POST', '/v1/chat/completions', { body: hello });
    expect(status).toBe(200);
    expect(headers.has('ratelimit')).toBe(false);
  });
});

describe('the quota of a session', () => {
  it('bounds what one person can do with everybody’s key', async () => {
    const app = keyedApp();
    const limits = { 'session-requests': { limit: 2, window_seconds } };
    const { key } = await createPublishableKey(app, { limits });
    const openSession = async () => {
      const token = await tradeKey(app, key);
      const created = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
      return { token: created.headers.get('x-tandem-session-token')!, id: (await json(created)).id };
    };
    const [one, two] = [await openSession(), await openSession()];
    const say = async ({ token, id }: typeof one) =>
      app.request('POST', `/v1/sessions/${id}/messages`, {
        body: { content: 'hello' },
        headers: holding(token, ORIGIN),
      });
    expect([(await say(one)).status, (await say(one)).status, (await say(two)).status]).toEqual([
      200, 200, 200,
    ]);
    const refused = await say(one);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    for (const name of ['ratelimit', 'ratelimit-policy', 'retry-after', 'x-ratelimit-remaining-requests']) {
      expect(refused.headers.has(name)).toBe(true);
      expect(refused.headers.get('access-control-expose-headers')).toContain(name);
    }
    expect((await say(two)).status).toBe(200);
  });
});

describe('while a key’s object is slow', () => {
  it('requests are served uncounted, and get back the tokens that it takes for them all the same', async () => {
    let reserve = () => {};
    const waited = new Promise<void>((resolve) => (reserve = resolve));
    const slow = (id: string) => {
      const real = env.API_KEYS.getByName(id);
      const reserved = async (reservation: Reservation) => {
        await waited;
        return real.reserve(reservation);
      };
      return {
        create: (record: KeyRecord) => real.create(record),
        reserve: reserved,
        settle: (...given: Parameters<KeyObject['settle']>) => real.settle(...given),
      } as unknown as KeyObject;
    };
    const app = keyedApp({ dependencies: { keyObject: slow, wait: () => Promise.resolve() } });
    const { key, id } = await createKey(app, { limits });
    expect((await chat(app, key)).status).toBe(200);
    expect(app.log.at(-1)).toMatchObject({ uncounted: true });
    reserve();
    expect(await remainingTokens(app, id)).toBe(100_000);
  });
});

describe('while a key’s object is away', () => {
  const away = (reserve: () => Promise<never>): Partial<AppDependencies> => ({
    keyObject: (id) => {
      const real = env.API_KEYS.getByName(id);
      return { create: (record: KeyRecord) => real.create(record), reserve } as unknown as KeyObject;
    },
    wait: async () => {},
  });

  it.each([
    ['throws', () => Promise.reject(new Error('Durable Object is overloaded'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('requests are served uncounted, and the log says so (it %s)', async (_, reserve) => {
    const app = keyedApp({ dependencies: away(reserve) });
    const { key } = await createKey(app, { limits });
    const response = await chat(app, key);
    expect(response.status).toBe(200);
    expect(response.headers.has('ratelimit')).toBe(false);
    expect(app.log.at(-1)).toMatchObject({ status: 200, uncounted: true });
  });
});

describe('a message whose reply is not awaited', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  // The object of the session answers by the worker's own means, and settles with the key's real object.
  async function tokensTaken(
    keyObject?: AppDependencies['keyObject'],
  ): Promise<{ taken: number; used: number }> {
    vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => sayBack('hi')(String(url), init ?? {}));
    const app = keyedApp(keyObject && { dependencies: { keyObject, wait: async () => {} } });
    const { key, id } = await createKey(app, { limits });
    const headers = holding(key);
    const session = await json(app.request('POST', '/v1/sessions', { headers }));
    const messages = `/v1/sessions/${session.id}/messages`;
    const init = { body: { content: 'hello', async: true }, headers };
    const { id: message } = await json(app.request('POST', messages, init));
    const { usage } = await vi.waitFor(async () => {
      const state = await json(app.request('GET', `${messages}/${message}`, { headers }));
      expect(state.status).toBe('completed');
      return state;
    });
    return { taken: limits.tokens.limit - (await remainingTokens(app, id)), used: usage.total_tokens };
  }

  it('costs what it used, once it is answered', async () => {
    const { taken, used } = await tokensTaken();
    expect(used).toBeGreaterThan(0);
    expect(taken).toBe(used);
  });

  it('costs so much too where nothing could be reserved for it', async () => {
    const { taken, used } = await tokensTaken((id) => {
      const real = env.API_KEYS.getByName(id);
      const away = () => Promise.reject(new Error('overloaded'));
      return { create: (record: KeyRecord) => real.create(record), reserve: away } as unknown as KeyObject;
    });
    expect(taken).toBe(used);
  });
});

describe('a reservation that cannot be settled', () => {
  it('stays, and the log says so', async () => {
    const dependencies: Partial<AppDependencies> = {
      keyObject: (id) => {
        const real = env.API_KEYS.getByName(id);
        return {
          create: (record: KeyRecord) => real.create(record),
          reserve: (reservation: Reservation) => real.reserve(reservation),
          settle: () => Promise.reject(new Error('overloaded')),
        } as unknown as KeyObject;
      },
    };
    const app = keyedApp({ dependencies });
    const { key, id } = await createKey(app, { limits });
    expect((await chat(app, key)).status).toBe(200);
    expect(await remainingTokens(app, id)).toBe(100_000 - 2 * modelConfig.maxPositions);
    expect(app.log).toContainEqual({
      ...{ event: 'quota_not_settled', key: id },
      cause: expect.stringMatching(/^Error at /),
    });
  });
});
