import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyId, parseKey } from '../../../edge/keys/key-text.ts';
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
    for (let i = 0; i < 200; i++)
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

  it('that is publishable bounds what a session may do, unless that is chosen otherwise', async () => {
    const app = keyedApp();
    const created = await json(app.admin('GET', `/${(await createPublishableKey(app)).id}`));
    expect(created.limits['session-requests']).toEqual({ limit: 300, window_seconds: 3_600 });
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
    const revoked = await json(app.admin('DELETE', `/${id}`));
    expect(revoked.revoked_at).toEqual(expect.any(Number));
    expect(await json(app.admin('DELETE', `/${id}`))).toEqual(revoked);
    expect((await app.admin('PATCH', `/${id}`, { name: 'back' })).status).toBe(404);
    expect((await app.admin('POST', `/${id}/rotate`)).status).toBe(404);
    expect(await json(app.admin('GET', `/${id}`))).toEqual(revoked);
  });

  it.each(['/key_000000000000', '/nothing', '/key_', '/session:x'])('is not found at %s', async (path) => {
    const app = keyedApp();
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const response = await app.admin(method, path, body);
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
