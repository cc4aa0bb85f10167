import { describe, expect, it } from 'vitest';
import { createSessionId } from '../../../edge/session/session.ts';
import { json } from '../test-app.ts';
import { createKey, createPublishableKey, holding, keyedApp, ORIGIN } from '../test-keys.ts';

const trade = (app: ReturnType<typeof keyedApp>, key: string, body: unknown = {}) =>
  app.request('POST', '/v1/session-tokens', { body, headers: holding(key, ORIGIN) });

describe('POST /v1/session-tokens', () => {
  it('trades a publishable key for a token that lives a quarter of an hour', async () => {
    const now = 1_800_000_000_000;
    const app = keyedApp({ now: () => now });
    const response = await trade(app, (await createPublishableKey(app)).key);
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(await json(response)).toEqual({
      object: 'session_token',
      token: expect.stringMatching(/^eyJ/),
      session_id: null,
      expires_at: 1_800_000_900,
    });
  });

  it('gives a page that comes back a token for its session, whether or not there is one', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const session_id = createSessionId();
    expect(await json(trade(app, key, { session_id }))).toMatchObject({ session_id });
    const refused = await trade(app, key, { session_id: 'mine' });
    expect(refused.status).toBe(400);
    expect((await json(refused)).error.param).toBe('session_id');
  });

  it('takes no secret key, and no token for another', async () => {
    const app = keyedApp();
    const secret = await createKey(app);
    const bySecret = await app.request('POST', '/v1/session-tokens', { headers: holding(secret.key) });
    expect((await json(bySecret)).error.code).toBe('publishable_key_required');
    const { token } = await json(trade(app, (await createPublishableKey(app)).key));
    expect((await json(trade(app, token))).error.code).toBe('publishable_key_required');
  });

  it('says what is missing where tokens cannot be signed', async () => {
    const app = keyedApp({ settings: { SESSION_TOKEN_SECRET: '' } });
    const response = await trade(app, (await createPublishableKey(app)).key);
    expect(response.status).toBe(503);
    expect((await json(response)).error.message).toContain('SESSION_TOKEN_SECRET');
  });
});
