import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { sign } from 'hono/jwt';
import { describe, expect, it } from 'vitest';
import { createKeyId, createKeyText } from '../../../edge/keys/key-text.ts';
import { json, testApp } from '../test-app.ts';
import { createKey, createPublishableKey, holding, keyedApp, ORIGIN, tradeKey } from '../test-keys.ts';

const HOUR = 3_600;

/** What an answer tells that could help to guess. */
async function seen(response: Response) {
  const { error } = await json(response);
  return { status: response.status, error, challenge: response.headers.get('www-authenticate') };
}

const REFUSED = {
  status: 401,
  challenge: 'Bearer',
  error: {
    message: 'The key or session token is not valid: it is unknown, expired or revoked.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  },
};

/** The real KV, and how often it was read. */
function countReads() {
  let count = 0;
  const get = (...args: [string]) => {
    count += 1;
    return env.KEYS.get(...args);
  };
  const counting = new Proxy(env.KEYS, {
    get: (kv, name) => (name === 'get' ? get : Reflect.get(kv, name)),
  });
  return { reads: () => count, counting };
}

describe('a secret key', () => {
  it('opens the API for a server', async () => {
    const app = keyedApp();
    const { key, id } = await createKey(app);
    const response = await app.request('GET', '/v1/models', { headers: holding(key) });
    expect(response.status).toBe(200);
    expect(app.log.at(-1)).toMatchObject({ key: id });
    expect(JSON.stringify(app.log)).not.toContain(key.slice(-40));
  });

  it.each(['bearer', 'BEARER'])('may be sent as "%s"', async (scheme) => {
    const app = keyedApp();
    const { key } = await createKey(app);
    const headers = { authorization: `${scheme} ${key}` };
    expect((await app.request('GET', '/v1/models', { headers })).status).toBe(200);
  });

  it.each([
    ['nothing', {}],
    ['basic authentication', { authorization: 'Basic abc' }],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['x-api-key', { 'x-api-key': 'sk_tandem_x' }],
  ])('is asked for where a request has %s', async (_, headers) => {
    const { error, status } = await seen(await keyedApp().request('GET', '/v1/models', { headers }));
    expect(status).toBe(401);
    expect(error.code).toBe('missing_api_key');
    expect(error.message).toContain('Authorization: Bearer');
  });

  it('is refused from a page, in words that a browser’s script can read', async () => {
    const app = keyedApp();
    const { key } = await createKey(app);
    const response = await app.request('GET', '/v1/models', { headers: holding(key, ORIGIN) });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await seen(response)).toMatchObject({ status: 403, error: { code: 'secret_key_in_browser' } });
  });

  it('costs no read of KV while it is in use', async () => {
    const { reads, counting } = countReads();
    const app = keyedApp({ keyNamespace: counting });
    const { key } = await createKey(app);
    for (let i = 0; i < 20; i++) await app.request('GET', '/v1/models', { headers: holding(key) });
    expect(reads()).toBe(1);
  });

  it('stops working half a minute after it was revoked, where it was in use', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now });
    const { key, id } = await createKey(app);
    const models = async () => (await app.request('GET', '/v1/models', { headers: holding(key) })).status;
    expect(await models()).toBe(200);
    await app.admin('POST', `/${id}/revoke`);
    now += 30_001;
    expect(await models()).toBe(401);
  });

  it('that was rotated is valid for the time that was given, and its successor at once', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now });
    const { key, id } = await createKey(app);
    const rotated = await json(app.admin('POST', `/${id}/rotate`, { keep_old_seconds: HOUR }));
    const models = async (with_: string) =>
      (await app.request('GET', '/v1/models', { headers: holding(with_) })).status;
    expect([await models(key), await models(rotated.key)]).toEqual([200, 200]);
    now += HOUR * 1_000;
    expect([await models(key), await models(rotated.key)]).toEqual([401, 200]);
  });

  it('goes on while KV is away, if it was in use; others are told that it is us', async () => {
    let now = Date.now();
    let isAway = false;
    const flaky = new Proxy(env.KEYS, {
      get: (kv, name) => {
        if (name !== 'get') return Reflect.get(kv, name);
        return (...args: [string]) => (isAway ? Promise.reject(new Error('KV is away')) : kv.get(...args));
      },
    });
    const app = keyedApp({ keyNamespace: flaky, now: () => now });
    const [used, unused] = [await createKey(app), await createKey(app)];
    const models = (key: string) => app.request('GET', '/v1/models', { headers: holding(key) });
    await models(used.key);
    isAway = true;
    now += 600_000;
    expect((await models(used.key)).status).toBe(200);
    const refused = await models(unused.key);
    expect(refused.status).toBe(503);
    expect((await json(refused)).error.code).toBe('key_store_unavailable');
    expect(refused.headers.get('retry-after')).toBe('5');
  });
});

describe('whatever is wrong with a key or token', () => {
  it('the answer is the same', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now });
    const publishable = await createPublishableKey(app);
    const revoked = await createKey(app);
    await app.admin('POST', `/${revoked.id}/revoke`);
    const other = await createKey(app);
    const expired = await tradeKey(app, publishable.key);
    now += HOUR * 1_000;
    const good = await tradeKey(app, publishable.key);
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const unsigned = btoa('{"alg":"none","typ":"JWT"}').replaceAll('=', '');
    const wrong = {
      'a key that never was': createKeyText({ kind: 'secret', id: createKeyId() }),
      'another key of the same name': createKeyText({ kind: 'secret', id: other.id }),
      'a revoked key': revoked.key,
      'a mistyped key': `${other.key.slice(0, -1)}${other.key.endsWith('0') ? '1' : '0'}`,
      'a key of the other kind': other.key.replace('sk_', 'pk_'),
      'an expired token': expired,
      'a token with other claims': `${header}.${btoa(JSON.stringify({ ...claims, sid: 'sess_x' })).replaceAll('=', '')}.${signature}`,
      'a token with another signature': `${header}.${payload}.${'A'.repeat(43)}`,
      'an unsigned token': `${unsigned}.${payload}.`,
      'a token of another secret': await sign(claims, 'another secret', 'HS256'),
      'a token of the right secret that says nothing': await sign({ a: 1 }, 'x', 'HS256'),
      'half a token': `${header}.${payload}`,
      'a word': 'password',
      'somebody else’s key': 'sk-proj-0123456789',
    };
    for (const [what, credential] of Object.entries(wrong)) {
      const response = await app.request('GET', '/v1/models', { headers: holding(credential) });
      expect(await seen(response), what).toEqual(REFUSED);
    }
    const response = await app.request('GET', '/v1/models', { headers: holding(good, ORIGIN) });
    expect(response.status).toBe(200);
  });

  it('is refused as such, whatever stands in the header', async () => {
    const character = fc.constantFrom(...'skpt_andem0123.-=/+ eyJ~');
    const credential = fc.oneof(fc.string({ unit: character, maxLength: 90 }), fc.base64String());
    const scheme = fc.constantFrom('Bearer ', 'bearer', 'Basic ', 'Bearer sk_tandem_', 'Bearer eyJ', '');
    await fc.assert(
      fc.asyncProperty(scheme, credential, async (prefix, text) => {
        const headers = { authorization: prefix + text };
        expect((await keyedApp().request('GET', '/v1/models', { headers })).status).toBe(401);
      }),
    );
  });

  it('guesses are counted for their client, before anything is looked up', async () => {
    const { reads, counting } = countReads();
    const app = keyedApp({ keyNamespace: counting });
    const { key } = await createKey(app);
    const models = (credential: string) => app.request('GET', '/v1/models', { headers: holding(credential) });
    expect((await models(key)).status).toBe(200);
    const statuses = new Set<number>();
    for (let i = 0; i < 300; i++)
      statuses.add((await models(createKeyText({ kind: 'secret', id: createKeyId() }))).status);
    expect(statuses).toEqual(new Set([401, 429]));
    expect(reads()).toBeLessThan(250);
    // A server beside the guesser, behind the same address, goes on.
    expect((await models(key)).status).toBe(200);
  });
});

describe('a publishable key', () => {
  it('opens nothing but the trade', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const response = await app.request('GET', '/v1/models', { headers: holding(key, ORIGIN) });
    expect(await seen(response)).toMatchObject({
      status: 403,
      error: { code: 'publishable_key_not_allowed' },
    });
  });

  it.each([
    undefined,
    'https://evil.example',
    'http://shop.example',
    'https://shop.example.evil.example',
    'null',
  ])('is refused from %s', async (origin) => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const response = await app.request('POST', '/v1/session-tokens', { headers: holding(key, origin) });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await seen(response)).toMatchObject({ status: 403, error: { code: 'origin_not_allowed' } });
  });
});

describe('a session token', () => {
  it('opens the API for the page that it was made for, and lets that page alone read the answer', async () => {
    const app = keyedApp();
    const token = await tradeKey(app, (await createPublishableKey(app)).key);
    const response = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
    expect(response.status).toBe(201);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it('works for a page on the edge itself, whose reading requests name no origin', async () => {
    const app = keyedApp();
    const token = await tradeKey(app, (await createPublishableKey(app)).key);
    expect((await app.request('GET', '/v1/models', { headers: holding(token) })).status).toBe(200);
    expect((await app.request('POST', '/v1/sessions', { headers: holding(token) })).status).toBe(403);
  });

  it('is refused from another page, though its key be for both', async () => {
    const app = keyedApp();
    const other = 'https://other.example';
    const token = await tradeKey(app, (await createPublishableKey(app, { origins: [ORIGIN, other] })).key);
    const response = await app.request('POST', '/v1/sessions', { headers: holding(token, other) });
    expect(await seen(response)).toEqual(REFUSED);
  });

  it('ends where its key or its origin does', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now });
    const { key, id } = await createPublishableKey(app, { origins: [ORIGIN, 'https://other.example'] });
    const token = await tradeKey(app, key);
    const models = async () =>
      seen(await app.request('GET', '/v1/models', { headers: holding(token, ORIGIN) }));
    await app.admin('PATCH', `/${id}`, { origins: ['https://other.example'] });
    now += 31_000;
    expect((await models()).error.code).toBe('origin_not_allowed');
    await app.admin('POST', `/${id}/revoke`);
    now += 31_000;
    expect(await models()).toEqual(REFUSED);
  });

  it('is followed by the next while it is in use, for a day', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now, settings: { SESSION_TOKEN_TTL_SECONDS: HOUR } });
    let token = await tradeKey(app, (await createPublishableKey(app)).key);
    const use = async () => {
      const response = await app.request('GET', '/v1/models', { headers: holding(token, ORIGIN) });
      const next = response.headers.get('x-tandem-session-token');
      token = next ?? token;
      return { status: response.status, refreshed: next !== null };
    };
    expect(await use()).toEqual({ status: 200, refreshed: false });
    const start = now;
    let refreshes = 0;
    while (now - start < 23 * HOUR * 1_000) {
      now += 1_801_000;
      const used = await use();
      expect(used).toEqual({ status: 200, refreshed: true });
      refreshes += 1;
    }
    expect(refreshes).toBeGreaterThan(40);
    now = start + 24 * HOUR * 1_000;
    expect((await use()).status).toBe(401);
  });

  it('opens the session that it was used to make, by its successor alone', async () => {
    const app = keyedApp();
    const token = await tradeKey(app, (await createPublishableKey(app)).key);
    const created = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
    const next = created.headers.get('x-tandem-session-token')!;
    const payload = JSON.parse(atob(next.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')));
    expect(payload.sid).toBe((await json(created)).id);
    expect(created.headers.get('access-control-expose-headers')).toContain('x-tandem-session-token');
  });
});

describe('in development mode', () => {
  it('any word will do for a key, since SDKs insist on one', async () => {
    const headers = holding('unused');
    expect((await testApp().request('GET', '/v1/models', { headers })).status).toBe(200);
  });

  it('keys of ours are tried in earnest', async () => {
    const app = keyedApp({ settings: { DEVELOPMENT_MODE: 'true' } });
    const { key } = await createKey(app);
    const wrong = createKeyText({ kind: 'secret', id: createKeyId() });
    expect((await app.request('GET', '/v1/models', { headers: holding(key) })).status).toBe(200);
    expect((await app.request('GET', '/v1/models', { headers: holding(wrong) })).status).toBe(401);
  });

  it('a key of ours without its "Bearer" is refused as it will be where the edge is deployed', async () => {
    const app = keyedApp({ settings: { DEVELOPMENT_MODE: 'true' } });
    const { key } = await createKey(app);
    const response = await app.request('GET', '/v1/models', { headers: { authorization: key } });
    expect(await seen(response)).toMatchObject({ status: 401, error: { code: 'missing_api_key' } });
  });
});
