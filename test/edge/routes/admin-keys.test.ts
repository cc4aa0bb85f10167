import fc from 'fast-check';
import type * as z from 'zod';
import { describe, expect, it } from 'vitest';
import type { KeyObject } from '../../../edge/keys/key-object.ts';
import { createKeyId, parseKey } from '../../../edge/keys/key-text.ts';
import { OPERATIONS } from '../../../edge/openapi/operations.ts';
import { expectSentence, json, testApp } from '../test-app.ts';
import { createKey, createPublishableKey, holding, keyedApp } from '../test-keys.ts';

describe('the admin API', () => {
  it('does not exist without an admin token', async () => {
    const app = testApp();
    for (const [method, path] of [
      ['GET', '/admin/v1/keys'],
      ['POST', '/admin/v1/keys'],
      ['GET', '/admin/'],
    ] as const) {
      const response = await app.request(method, path, { headers: holding('x') });
      expect(response.status).toBe(404);
    }
  });

  it.each(['', 'wrong', 'an-admin-token-for-tests-long-enougx', 'an-admin-token-for-tests-long-enough2'])(
    'is closed to "%s"',
    async (token) => {
      const app = keyedApp();
      const { id } = await createKey(app);
      for (const path of ['', `/${id}`, `/${createKeyId()}`, '/nothing']) {
        const response = await app.request('GET', `/admin/v1/keys${path}`, { headers: holding(token) });
        expect(response.status).toBe(401);
        expect((await json(response)).error.code).toBe('invalid_admin_token');
      }
    },
  );

  it('is closed to keys, and to guesses without end', async () => {
    const app = keyedApp();
    const { key } = await createKey(app);
    const statuses: number[] = [];
    // More than two periods of the limit allow: one may end meanwhile.
    for (let i = 0; i < 300; i++)
      statuses.push((await app.request('GET', '/admin/v1/keys', { headers: holding(key) })).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  it('can be read by no page', async () => {
    const { headers } = await keyedApp().admin('GET', '');
    expect(headers.has('access-control-allow-origin')).toBe(false);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('a key in the admin API', () => {
  it('is shown whole once, and by its properties after', async () => {
    const app = keyedApp();
    const response = await app.admin('POST', '', { kind: 'secret', name: 'shop' });
    expect(response.status).toBe(201);
    const { key, ...shown } = await json(response);
    expect(parseKey(key)).toEqual({ kind: 'secret', id: shown.id });
    expect(response.headers.get('location')).toBe(`/admin/v1/keys/${shown.id}`);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_/),
      object: 'key',
      kind: 'secret',
      name: 'shop',
      safety: true,
      origins: [],
      limits: { requests: null, tokens: null, 'session-requests': null, 'session-tokens': null },
      created_at: expect.any(Number),
      revoked_at: null,
      old_key_valid_until: null,
    });
    expect(await json(app.admin('GET', `/${shown.id}`))).toEqual(shown);
    expect(JSON.stringify([await json(app.admin('GET', '')), app.log])).not.toContain(key.slice(-40));
  });

  it('is named with whole characters, also where its name was cut within an emoji', async () => {
    const { name } = await json(keyedApp().admin('POST', '', { kind: 'secret', name: 'shop \ud83d' }));
    expect(name).toBe('shop \ufffd');
  });

  it('that is publishable bounds what all may do and what a session may, unless that is chosen otherwise', async () => {
    const app = keyedApp();
    const created = await json(app.admin('GET', `/${(await createPublishableKey(app)).id}`));
    expect(created.limits).toMatchObject({
      requests: { limit: 10_000, window_seconds: 86_400 },
      'session-requests': { limit: 300, window_seconds: 3_600 },
    });
    const open = await createPublishableKey(app, { limits: { 'session-requests': null } });
    expect((await json(app.admin('GET', `/${open.id}`))).limits['session-requests']).toBe(null);
  });

  it('is changed by what is named, and keeps the rest', async () => {
    const app = keyedApp();
    const limits = { requests: { limit: 5, window_seconds: 60 }, tokens: { limit: 9, window_seconds: 60 } };
    const { id } = await createPublishableKey(app, { name: 'shop', limits });
    const changed = await json(
      app.admin('PATCH', `/${id}`, { safety: false, limits: { requests: null, 'session-requests': null } }),
    );
    expect(changed).toMatchObject({ name: 'shop', safety: false, origins: ['https://shop.example'] });
    expect(changed.limits).toEqual({
      requests: null,
      tokens: { limit: 9, window_seconds: 60 },
      'session-requests': null,
      'session-tokens': null,
    });
    expect(await json(app.admin('GET', `/${id}`))).toEqual(changed);
  });

  it('tells how its quotas stand, and takes nothing from them', async () => {
    const app = keyedApp();
    const limits = { requests: { limit: 5, window_seconds: 86_400 } };
    const { id, key } = await createKey(app, { limits });
    await app.request('POST', '/v1/sessions', { headers: holding(key) });
    for (let i = 0; i < 3; i++) {
      expect(await json(app.admin('GET', `/${id}/usage`))).toEqual({
        object: 'key.usage',
        quotas: [
          {
            name: 'requests',
            limit: 5,
            window_seconds: 86_400,
            remaining: 4,
            full_in_seconds: expect.any(Number),
          },
        ],
      });
    }
    expect((await app.admin('GET', `/${createKeyId()}/usage`)).status).toBe(404);
  });

  it('is rotated, the old one staying a day unless it is said how long', async () => {
    const now = 1_800_000_000_000;
    const app = keyedApp({ now: () => now });
    const { id, key } = await createKey(app);
    const rotated = await json(app.admin('POST', `/${id}/rotate`));
    expect(parseKey(rotated.key)).toEqual(parseKey(key));
    expect(rotated.key).not.toBe(key);
    expect(rotated.old_key_valid_until).toBe(1_800_000_000 + 86_400);
    const twice = await json(app.admin('POST', `/${id}/rotate`, { keep_old_seconds: 0 }));
    expect(twice.old_key_valid_until).toBe(null);
  });

  it('is revoked for good, and still listed', async () => {
    const app = keyedApp();
    const { id } = await createKey(app, { name: 'gone' });
    const revoked = await json(app.admin('POST', `/${id}/revoke`));
    expect(revoked.revoked_at).toEqual(expect.any(Number));
    expect(await json(app.admin('POST', `/${id}/revoke`))).toEqual(revoked);
    expect((await app.admin('PATCH', `/${id}`, { name: 'back' })).status).toBe(404);
    expect((await app.admin('POST', `/${id}/rotate`)).status).toBe(404);
    expect(await json(app.admin('GET', `/${id}`))).toEqual(revoked);
  });

  it.each(['/key_000000000000', '/nothing', '/key_', '/session:x'])('is not found at %s', async (path) => {
    const app = keyedApp();
    for (const [method, action, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'x' }],
      ['POST', '/revoke', undefined],
    ] as const) {
      const response = await app.admin(method, `${path}${action}`, body);
      expect(response.status).toBe(404);
      expect((await json(response)).error.code).toBe('key_not_found');
    }
  });

  it('is listed with all others, page by page', async () => {
    const app = keyedApp();
    const created = new Set<string>();
    // In the API itself the limit on its callers would come first.
    for (let i = 0; i < 105; i++) created.add((await createKey(keyedApp(), { name: String(i) })).id);
    const listed: string[] = [];
    for (let after: string | null = null, first = true; first || after !== null; first = false) {
      const page = await json(app.admin('GET', after === null ? '' : `?after=${after}`));
      expect(page.data.length).toBeLessThanOrEqual(100);
      listed.push(...page.data.map(({ id }: { id: string }) => id));
      after = page.next;
    }
    expect(new Set(listed).size).toBe(listed.length);
    for (const id of created) expect(listed).toContain(id);
  });
});

describe('a wrong request to the admin API', () => {
  it.each([
    [{}, 'kind'],
    [{ kind: 'public' }, 'kind'],
    [{ kind: 'publishable' }, 'origins'],
    [{ kind: 'secret', origins: ['https://a.example'] }, 'origins'],
    [{ kind: 'publishable', origins: ['https://a.example/'] }, 'origins.0'],
    [{ kind: 'publishable', origins: ['a.example'] }, 'origins.0'],
    [{ kind: 'publishable', origins: ['*'] }, 'origins.0'],
    [{ kind: 'publishable', origins: ['null'] }, 'origins.0'],
    [{ kind: 'secret', name: 'a'.repeat(101) }, 'name'],
    [{ kind: 'secret', limits: { requests: { limit: 0, window_seconds: 60 } } }, 'limits.requests.limit'],
    [{ kind: 'secret', limits: { tokens: { limit: 1 } } }, 'limits.tokens.window_seconds'],
    [{ kind: 'secret', limits: { words: null } }, 'limits.words'],
    [{ kind: 'secret', colour: 'red' }, 'colour'],
  ])('%j is refused by name', async (body, param) => {
    const response = await keyedApp().admin('POST', '', body);
    expect(response.status).toBe(400);
    const { error } = await json(response);
    expect(error.param).toBe(param);
    expectSentence(error);
  });

  it.each([
    ['a secret key', createKey, ['https://a.example']],
    ['a publishable key', createPublishableKey, []],
  ])('cannot give %s origins %j that it may not have', async (_, create, origins) => {
    const app = keyedApp();
    const { id } = await create(app);
    const response = await app.admin('PATCH', `/${id}`, { origins });
    expect(response.status).toBe(400);
    expect((await json(response)).error.param).toBe('origins');
  });

  it.each(['junk', '0', 'a'.repeat(500), '%00'])('for a page after "%s" gets no 5xx', async (after) => {
    expect((await keyedApp().admin('GET', `?after=${after}`)).status).toBeLessThan(500);
  });

  it('of any kind gets no 5xx', async () => {
    const app = keyedApp();
    const { id } = await createKey(app);
    const name = fc.constantFrom(
      'kind',
      'name',
      'origins',
      'limits',
      'safety',
      'keep_old_seconds',
      '__proto__',
    );
    const body = fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.constant('secret')));
    const path = fc.constantFrom('', `/${id}/rotate`);
    await fc.assert(
      fc.asyncProperty(path, body, async (at, sent) => {
        expect((await keyedApp().admin('POST', at, sent)).status).toBeLessThan(500);
      }),
    );
  });
});

describe('while keys cannot be reached', () => {
  const away = () => Promise.reject(new Error('overloaded'));

  it.each([
    ['POST', '', { kind: 'secret' }],
    ['GET', '', undefined],
    ['GET', '/key_0123456789ab', undefined],
    ['PATCH', '/key_0123456789ab', { name: 'x' }],
    ['POST', '/key_0123456789ab/rotate', undefined],
    ['POST', '/key_0123456789ab/revoke', undefined],
  ])('%s %s says so, and when to come back', async (method, path, body) => {
    const object = { create: away, read: away, update: away, rotate: away, revoke: away };
    const app = keyedApp({
      dependencies: {
        keyObject: () => object as unknown as KeyObject,
        keyNamespace: { list: away } as unknown as KVNamespace,
      },
    });
    const response = await app.admin(method, path, body);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect((await json(response)).error.code).toBe('key_store_unavailable');
  });
});

describe('an answer of the admin API', () => {
  it('is as openapi.json describes it', async () => {
    const app = keyedApp();
    const { id } = await createPublishableKey(app, { limits: { tokens: { limit: 5, window_seconds: 60 } } });
    for (const [name, method, path, body] of [
      ['createKey', 'POST', '', { kind: 'secret' }],
      ['listKeys', 'GET', '', undefined],
      ['retrieveKey', 'GET', `/${id}`, undefined],
      ['updateKey', 'PATCH', `/${id}`, { name: 'x' }],
      ['rotateKey', 'POST', `/${id}/rotate`, undefined],
      ['revokeKey', 'POST', `/${id}/revoke`, undefined],
    ] as const) {
      const response = await app.admin(method, path, body);
      const { answers } = OPERATIONS.find((operation) => operation.id === name)!;
      const schema = answers.find(({ status }) => status === response.status)!.schema as z.ZodType;
      expect(schema.safeParse(await json(response)).error, name).toBeUndefined();
    }
  });
});
