import { describe, expect, it } from 'vitest';
import type { Operation } from '../../edge/openapi/operation.ts';
import { OPERATIONS } from '../../edge/openapi/operations.ts';
import { issueSessionToken } from '../../edge/keys/session-token.ts';
import { json } from './test-app.ts';
import {
  ADMIN_TOKEN,
  createKey,
  createPublishableKey,
  holding,
  type KeyedApp,
  keyedApp,
  ORIGIN,
  tradeKey,
} from './test-keys.ts';

const METRICS_TOKEN = 'a-token-that-watches-in-these-tests';

type Holder = (app: KeyedApp) => Promise<Record<string, string>>;

/** What somebody may hold, as the headers of their requests. */
const HOLDERS = {
  nothing: async () => ({}),
  'a publishable key': async (app) => holding((await createPublishableKey(app)).key, ORIGIN),
  'a session token': async (app) =>
    holding(await tradeKey(app, (await createPublishableKey(app)).key), ORIGIN),
  'a secret key': async (app) => holding((await createKey(app)).key),
  'a secret key, in a page': async (app) => holding((await createKey(app)).key, ORIGIN),
  'the admin token': async () => holding(ADMIN_TOKEN),
  'the metrics token': async () => holding(METRICS_TOKEN),
  'a revoked secret key': async (app) => {
    const { id, key } = await createKey(app);
    await app.admin('POST', `/${id}/revoke`);
    return holding(key);
  },
} as const satisfies Record<string, Holder>;

/** The refusal that a holder gets; null where the operation is open to them. */
function refusal(holder: keyof typeof HOLDERS, { access, path }: Operation): string | null {
  if (access === 'everybody') return null;
  const opens = holder === 'the admin token' || (holder === 'the metrics token' && path === '/metrics');
  if (access === 'admin') return opens ? null : 'invalid_admin_token';
  const isTrade = path === '/v1/session-tokens';
  switch (holder) {
    case 'nothing':
      return 'missing_api_key';
    case 'the admin token':
    case 'the metrics token':
    case 'a revoked secret key':
      return 'invalid_api_key';
    case 'a secret key, in a page':
      return 'secret_key_in_browser';
    case 'a publishable key':
      return isTrade ? null : 'publishable_key_not_allowed';
    case 'a secret key':
      return isTrade ? 'publishable_key_required' : null;
    case 'a session token':
      if (isTrade) return 'publishable_key_required';
      return path.startsWith('/v1/webhooks') ? 'secret_key_required' : null;
  }
}

describe.each(Object.keys(HOLDERS) as (keyof typeof HOLDERS)[])('who holds %s', (holder) => {
  it('reaches what is meant for them and nothing else, of all operations', async () => {
    const app = keyedApp({ settings: { METRICS_TOKEN } });
    const headers = await HOLDERS[holder](app);
    const seen: Record<string, string | null> = {};
    const expected: Record<string, string | null> = {};
    // What channels call has no key: signatures are verified by each channel's own tests.
    for (const operation of OPERATIONS.filter(({ path }) => !path.startsWith('/webhooks/'))) {
      const { method, path } = operation;
      const response = await app.request(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'), { headers });
      const isRefused = [401, 403].includes(response.status);
      const { error, code } = isRefused ? await json(response) : { error: null, code: null };
      // Hugging Face's errors are a text beside their code.
      seen[`${method} ${path}`] = error?.code ?? code;
      expected[`${method} ${path}`] = refusal(holder, operation);
    }
    expect(seen).toEqual(expected);
  });
});

describe('who knows SESSION_TOKEN_SECRET', () => {
  it('makes tokens of publishable keys, and none that opens what a secret key has', async () => {
    const app = keyedApp();
    const [secret, publishable] = [await createKey(app), await createPublishableKey(app)];
    const options = {
      now: Math.floor(Date.now() / 1_000),
      settings: app.dependencies.settings.sessionTokens!,
    };
    const statusWith = async (keyId: string) => {
      const { token } = await issueSessionToken({ keyId, origin: ORIGIN, sessionId: null }, options);
      const fromPage = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
      const fromProgram = await app.request('GET', '/v1/models', { headers: holding(token) });
      return [fromPage.status, fromProgram.status];
    };
    expect(await statusWith(publishable.id)).toEqual([201, 200]);
    expect(await statusWith(secret.id)).toEqual([403, 403]);
  });
});
