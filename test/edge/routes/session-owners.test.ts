import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSessionId } from '../../../edge/session/session.ts';
import { modelConfig } from '../../../edge/tokenizer/model.ts';
import { heldBackend, json, sayBack } from '../test-app.ts';
import {
  createKey,
  createPublishableKey,
  holding,
  type KeyedApp,
  keyedApp,
  ORIGIN,
  tradeKey,
} from '../test-keys.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything that can be asked of a session. */
const QUESTIONS: [string, string, object?][] = [
  ['GET', ''],
  ['GET', '/export'],
  ['GET', '/messages'],
  ['GET', '/messages/msg_AAAAAAAAAAAAAAAAAAAAAA'],
  ['POST', '/messages', { content: 'hi' }],
  ['POST', '/messages', { content: 'hi', async: true }],
  ['POST', '/messages/msg_AAAAAAAAAAAAAAAAAAAAAA/feedback', { rating: 'up' }],
  ['PATCH', '', { persona: 'i bake.' }],
  ['DELETE', ''],
];

async function createSession(app: KeyedApp, credential: Record<string, string>): Promise<string> {
  const response = await app.request('POST', '/v1/sessions', { headers: credential });
  expect(response.status).toBe(201);
  return (await json(response)).id;
}

describe('a session', () => {
  it('is for other keys as if it were not there, whatever they ask', async () => {
    const app = keyedApp({ backend: sayBack('hello') });
    const [owner, other] = [await createKey(app), await createKey(app)];
    const id = await createSession(app, holding(owner.key));
    for (const [method, path, body] of QUESTIONS) {
      const ask = async (session: string) => {
        const headers = holding(other.key);
        const response = await app.request(method, `/v1/sessions/${session}${path}`, { body, headers });
        const kept = ['content-type', 'cache-control', 'retry-after'].map((name) =>
          response.headers.get(name),
        );
        return { status: response.status, kept, body: await response.text() };
      };
      const foreign = await ask(id);
      expect(foreign.status, `${method} ${path}`).toBe(404);
      expect(foreign).toEqual(await ask(createSessionId()));
    }
    expect(app.requests).toEqual([]);
    const own = await app.request('GET', `/v1/sessions/${id}`, { headers: holding(owner.key) });
    expect(await json(own)).toMatchObject({ id, messages: [], persona: [] });
  });

  it('is open to the token that it was made with, and that token opens no other', async () => {
    const app = keyedApp({ backend: sayBack('hello') });
    const { key } = await createPublishableKey(app);
    const token = await tradeKey(app, key);
    const created = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
    const { id } = await json(created);
    const next = created.headers.get('x-tandem-session-token')!;
    const another = await createSession(app, holding(await tradeKey(app, key), ORIGIN));
    const read = (session: string, credential: string) =>
      app.request('GET', `/v1/sessions/${session}`, { headers: holding(credential, ORIGIN) });
    expect((await read(id, next)).status).toBe(200);
    expect((await read(another, next)).status).toBe(404);
    // The first token was for no session yet.
    expect((await read(id, token)).status).toBe(404);
  });

  it('is as if it were not there for a visitor of the same page, and for the server whose key is another', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const visit = async () => {
      const headers = holding(await tradeKey(app, key), ORIGIN);
      const created = await app.request('POST', '/v1/sessions', { headers });
      const next = created.headers.get('x-tandem-session-token')!;
      return { id: (await json(created)).id as string, headers: holding(next, ORIGIN) };
    };
    const [visitor, other] = [await visit(), await visit()];
    const server = holding((await createKey(app)).key);
    const strangers: [Record<string, string>, string][] = [
      [other.headers, visitor.id],
      [server, visitor.id],
      [visitor.headers, await createSession(app, server)],
    ];
    for (const [headers, id] of strangers)
      for (const [method, path, body] of QUESTIONS) {
        const ask = async (session: string) => {
          const response = await app.request(method, `/v1/sessions/${session}${path}`, { headers, body });
          return { status: response.status, body: await response.text() };
        };
        expect((await ask(id)).status, `${method} ${path}`).toBe(404);
        expect(await ask(id)).toEqual(await ask(createSessionId()));
      }
  });

  it('is found again by a page that trades its key with the session’s id, and by no other key’s page', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const id = await createSession(app, holding(await tradeKey(app, key), ORIGIN));
    const status = async (publishable: string) => {
      const headers = holding(await tradeKey(app, publishable, { session_id: id }), ORIGIN);
      return (await app.request('GET', `/v1/sessions/${id}`, { headers })).status;
    };
    expect(await status(key)).toBe(200);
    expect(await status((await createPublishableKey(app)).key)).toBe(404);
  });

  it('counts a reply that is not awaited for its key', async () => {
    const app = keyedApp();
    // Of two replies as long as the model can take.
    const limit = 2 * 2 * modelConfig.maxPositions;
    const { key } = await createKey(app, { limits: { tokens: { limit, window_seconds: 2_000_000 } } });
    const headers = holding(key);
    const id = await createSession(app, headers);
    const send = () =>
      app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'hi', async: true }, headers });
    const { backend, nthAsked } = heldBackend();
    vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => backend(String(url), init ?? {}));
    expect((await send()).status).toBe(202);
    // What a reply may cost was taken, and is not back before it is known what it did.
    expect((await send()).status).toBe(202);
    expect((await send()).status).toBe(429);
    (await nthAsked(1)).answer('hello');
    await vi.waitFor(async () => expect((await send()).status).toBe(202));
    for (const n of [2, 3]) (await nthAsked(n)).answer('hello');
    await vi.waitFor(async () => {
      const session = await json(app.request('GET', `/v1/sessions/${id}`, { headers }));
      expect(session.messages).toHaveLength(6);
    });
  });
});
