import { describe, expect, it } from 'vitest';
import { json, testApp } from '../test-app.ts';

const deployed = { 'cf-ray': '8f00-AMS', 'cf-connecting-ip': '203.0.113.7' };

describe('development mode', () => {
  it('needs no key on loopback', async () => {
    expect((await testApp().request('GET', '/v1/models')).status).toBe(200);
  });

  it.each(['/', '/docs', '/healthz', '/v1/models', '/nothing'])(
    'refuses %s where Cloudflare passed the request on',
    async (path) => {
      const response = await testApp().request('GET', path, { headers: deployed });
      expect(response.status).toBe(403);
      expect((await json(response)).error.code).toBe('development_mode');
    },
  );

  it.each([
    ['https://evil.example', /pages of this machine alone\. Open the page at http:\/\/localhost/],
    // A file, or a sandboxed frame of whatever page.
    ['null', /opened as a file.* open it at http:\/\/localhost/],
  ])('refuses a page of %s, and says where to open it', async (origin, advice) => {
    const app = testApp();
    const refused = await app.request('POST', '/v1/sessions', { headers: { origin } });
    expect(refused.status).toBe(403);
    const told = { error: { code: 'origin_not_allowed', message: expect.stringMatching(advice) } };
    expect(await json(refused)).toMatchObject(told);
    const preflight = await app.request('OPTIONS', '/v1/sessions', { headers: { origin } });
    expect(await json(preflight)).toMatchObject(told);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(null);
  });

  it('lets a page of this machine in, on any port', async () => {
    const headers = { origin: 'http://localhost:5173' };
    expect((await testApp().request('POST', '/v1/sessions', { headers })).status).toBe(201);
  });
});

describe('without development mode', () => {
  const settings = { DEVELOPMENT_MODE: 'false' };

  it.each([{}, deployed])('nobody is served without a key, with headers %j', async (headers) => {
    const response = await testApp({ settings }).request('GET', '/v1/models', { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect((await json(response)).error).toMatchObject({
      code: 'missing_api_key',
      type: 'invalid_request_error',
    });
  });

  it('health and the page are open', async () => {
    const app = testApp({ settings });
    expect((await app.request('GET', '/healthz', { headers: deployed })).status).toBe(200);
    expect((await app.request('GET', '/', { headers: deployed })).status).toBe(200);
  });
});
