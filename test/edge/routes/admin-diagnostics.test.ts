import { describe, expect, it } from 'vitest';
import { json, testApp, type TestAppOptions } from '../test-app.ts';

const ADMIN_TOKEN = 'an-admin-token-of-the-tests-0123456789';

async function diagnose(options: TestAppOptions = {}) {
  const app = testApp({ ...options, settings: { ...options.settings, ADMIN_TOKEN } });
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await app.request('GET', '/admin/v1/diagnostics', { headers });
  expect(response.status).toBe(200);
  return json(response);
}

describe('the diagnostics', () => {
  it('ask every store that the worker stands on', async () => {
    const { stores } = await diagnose();
    expect(stores).toMatchObject([
      { name: 'SESSIONS', kind: 'kv', ok: true, error: null },
      { name: 'KEYS', kind: 'kv', ok: true },
      { name: 'API_KEYS', kind: 'durable_object', ok: true },
      { name: 'INBOUND_QUEUE', kind: 'queue', ok: true },
    ]);
  });

  it('say which store is away, and why', async () => {
    const away = async () => {
      throw new Error('KV is down');
    };
    const { stores } = await diagnose({ keyNamespace: { get: away } as unknown as KVNamespace });
    expect(stores[1]).toMatchObject({ name: 'KEYS', ok: false, error: 'Error: KV is down' });
    expect(stores[0].ok).toBe(true);
  });

  it('tell which secrets there are and nothing of what they are', async () => {
    const secret = 'a-secret-of-the-tests-that-is-long-enough';
    const answer = await diagnose({ settings: { SESSION_TOKEN_SECRET: secret } });
    expect(answer.secrets).toMatchObject({ SESSION_TOKEN_SECRET: true, TURNSTILE_SECRET: false });
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  it('are for nobody without the admin token', async () => {
    const app = testApp({ settings: { ADMIN_TOKEN } });
    expect((await app.request('GET', '/admin/v1/diagnostics')).status).toBe(401);
  });
});
