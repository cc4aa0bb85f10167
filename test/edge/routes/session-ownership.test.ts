import { describe, expect, it } from 'vitest';
import { createSessionId } from '../../../edge/session/session.ts';
import { json } from '../test-app.ts';
import { createKey, createPublishableKey, holding, keyedApp, ORIGIN, tradeKey } from '../test-keys.ts';

const REQUESTS = [
  ['GET', '', undefined],
  ['GET', '/messages', undefined],
  ['GET', '/export', undefined],
  ['PATCH', '', { persona: 'i am somebody else.' }],
  ['POST', '/messages', { content: 'hello' }],
  ['DELETE', '', undefined],
] as const;

/** Everybody who holds something, and the session that is theirs. */
async function setUp() {
  const app = keyedApp();
  const publishable = await createPublishableKey(app);
  const server = async () => {
    const headers = holding((await createKey(app)).key);
    return { headers, id: (await json(app.request('POST', '/v1/sessions', { headers }))).id as string };
  };
  const page = async () => {
    const first = holding(await tradeKey(app, publishable.key), ORIGIN);
    const created = await app.request('POST', '/v1/sessions', { headers: first });
    const headers = holding(created.headers.get('x-tandem-session-token')!, ORIGIN);
    return { first, headers, id: (await json(created)).id as string };
  };
  return {
    app,
    publishable,
    one: await server(),
    two: await server(),
    visitor: await page(),
    other: await page(),
  };
}

describe('a session', () => {
  it('is open to who made it', async () => {
    const { app, one, visitor } = await setUp();
    for (const { id, headers } of [one, visitor])
      for (const [method, path, body] of REQUESTS) {
        const response = await app.request(method, `/v1/sessions/${id}${path}`, { headers, body });
        expect(response.ok, `${method} ${path}`).toBe(true);
      }
  });

  it('is nobody else’s, and looks to them as if it had never been', async () => {
    const { app, one, two, visitor, other } = await setUp();
    const strangers = {
      'another server': { headers: two.headers, id: one.id },
      'a server, with a visitor’s': { headers: one.headers, id: visitor.id },
      'another visitor of the same page': { headers: other.headers, id: visitor.id },
      'the visitor’s own token from before': { headers: visitor.first, id: visitor.id },
      'a visitor, with a server’s': { headers: visitor.headers, id: one.id },
    };
    for (const [who, { headers, id }] of Object.entries(strangers))
      for (const [method, path, body] of REQUESTS) {
        const ask = async (session: string) => {
          const response = await app.request(method, `/v1/sessions/${session}${path}`, { headers, body });
          return { status: response.status, body: await response.text() };
        };
        const refused = await ask(id);
        expect(refused.status, `${who}: ${method} ${path}`).toBe(404);
        expect(refused).toEqual(await ask(createSessionId()));
      }
    for (const { id, headers } of [one, visitor])
      expect((await app.request('GET', `/v1/sessions/${id}`, { headers })).status).toBe(200);
  });

  it('is found again by a page that trades its key with the session’s id, and by no other key’s page', async () => {
    const { app, publishable, visitor } = await setUp();
    const status = async (key: string) => {
      const headers = holding(await tradeKey(app, key, { session_id: visitor.id }), ORIGIN);
      return (await app.request('GET', `/v1/sessions/${visitor.id}`, { headers })).status;
    };
    expect(await status(publishable.key)).toBe(200);
    expect(await status((await createPublishableKey(app)).key)).toBe(404);
  });
});
