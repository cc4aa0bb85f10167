import { describe, expect, it } from 'vitest';
import { clientKey } from '../../../edge/middleware/rate-limit.ts';
import { json, testApp } from '../test-app.ts';
import { createKey, createPublishableKey, holding, keyedApp, ORIGIN, tradeKey } from '../test-keys.ts';

const hello = { messages: [{ role: 'user', content: 'hello' }] };

describe('request ids', () => {
  it('keeps a client’s id, answers with it, logs it and sends it to the backend', async () => {
    const app = testApp();
    const headers = { 'x-request-id': 'abc-123' };
    const response = await app.request('POST', '/v1/chat/completions', { body: hello, headers });
    expect(response.headers.get('x-request-id')).toBe('abc-123');
    expect(app.requests[0]!.id).toBe('abc-123');
    expect(app.log[0]).toMatchObject({ request_id: 'abc-123' });
  });

  it.each([undefined, 'with space', 'a'.repeat(200), '"quoted"'])(
    'makes one in the place of %s',
    async (sent) => {
      const response = await testApp().request('GET', '/nothing', {
        headers: sent ? { 'x-request-id': sent } : {},
      });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('the log', () => {
  it('has one entry for a request, without texts and session ids', async () => {
    const app = testApp();
    const { id } = await json(app.request('POST', '/v1/sessions', { body: { persona: 'i bake.' } }));
    await app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'my secret' } });
    await app.request('GET', `/v1/sessions/${id}/nothing`);
    expect(app.log.map(({ method, route, status }) => ({ method, route, status }))).toEqual([
      { method: 'POST', route: '/v1/sessions', status: 201 },
      { method: 'POST', route: '/v1/sessions/:id/messages', status: 200 },
      { method: 'GET', route: expect.any(String), status: 404 },
    ]);
    const text = JSON.stringify(app.log);
    expect(text).not.toContain(id);
    expect(text).not.toMatch(/secret|bake/);
  });

  it('names the error', async () => {
    const app = testApp();
    await app.request('POST', '/v1/sessions/x/messages', { body: { content: 'hi' } });
    expect(app.log[0]).toMatchObject({ status: 404, code: 'session_not_found', ms: expect.any(Number) });
  });
});

describe('the rate limit', () => {
  it('answers 429 past the limit, readable from a browser, and leaves other clients and addresses alone', async () => {
    const app = testApp();
    const statuses: number[] = [];
    let last: Response;
    do {
      last = await app.request('GET', '/v1/models');
      statuses.push(last.status);
    } while (last.status === 200 && statuses.length < 300);
    expect(last.status).toBe(429);
    expect(statuses.length).toBeGreaterThan(120);
    expect(last.headers.get('retry-after')).toBe('60');
    expect(last.headers.get('access-control-allow-origin')).toBe('*');
    expect(last.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect((await json(last)).error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });

    expect((await app.request('GET', '/healthz')).status).toBe(200);
    expect((await app.request('OPTIONS', '/v1/models')).status).toBe(204);
    expect((await testApp().request('GET', '/v1/models')).status).toBe(200);
  });

  it('counts a server by its key, and a page by its client', async () => {
    const counted: string[] = [];
    const counting = (name: string) => ({
      limit: async ({ key }: { key: string }) => {
        counted.push(`${name} ${key}`);
        return { success: name !== 'keys' || counted.length < 8 };
      },
    });
    const app = keyedApp({
      dependencies: { rateLimiter: counting('clients'), keyRateLimiter: counting('keys') },
    });
    const [secret, publishable] = [await createKey(app), await createPublishableKey(app)];
    const token = await tradeKey(app, publishable.key);
    counted.length = 0;
    const models = (credential: string, origin?: string) =>
      app.request('GET', '/v1/models', {
        headers: { ...holding(credential, origin), 'cf-connecting-ip': '203.0.113.7' },
      });
    await models(secret.key);
    // The first time counts for the client too: it might have been a guess.
    expect(counted.splice(0)).toEqual(['clients 203.0.113.7', `keys ${secret.id}`]);
    await models(secret.key);
    expect(counted.splice(0)).toEqual([`keys ${secret.id}`]);
    await models(token, ORIGIN);
    expect(counted.splice(0)).toEqual(['clients 203.0.113.7']);
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await models(secret.key)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
  });

  it.each([
    [undefined, 'unknown'],
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ])('counts %s as %s', (address, key) => {
    expect(clientKey(address)).toBe(key);
  });
});

describe('headers', () => {
  it('answers a preflight', async () => {
    const headers = {
      origin: 'https://example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization',
    };
    const app = testApp({ settings: { DEVELOPMENT_MODE: 'false' } });
    const response = await app.request('OPTIONS', '/v1/chat/completions', { headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST,PUT,PATCH,DELETE');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type,authorization');
  });

  it('lets a browser’s script see where a session is', async () => {
    const response = await testApp().request('POST', '/v1/sessions');
    expect(response.headers.get('access-control-expose-headers')).toContain('location');
  });

  it('has conversations, and errors about them, kept by no cache', async () => {
    const app = testApp();
    const created = await app.request('POST', '/v1/sessions');
    const { id } = await json(created.clone());
    for (const response of [
      created,
      await app.request('GET', `/v1/sessions/${id}`),
      await app.request('GET', '/v1/sessions/nothing'),
      await app.request('POST', '/v1/chat/completions', { body: hello }),
    ]) {
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('guards every answer against being taken for something else', async () => {
    for (const path of ['/', '/v1/models', '/nothing', '/healthz']) {
      const { headers } = await testApp().request('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).not.toBeNull();
    }
  });
});
