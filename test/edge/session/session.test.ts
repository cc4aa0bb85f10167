import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createKvSessionStore } from '../../../edge/session/kv-session-store.ts';
import {
  addExchange,
  createSession,
  createSessionId,
  isSessionId,
  MAX_MESSAGES,
  MAX_TRANSCRIPT_CHARS,
  type Message,
  type Session,
  type SessionStore,
} from '../../../edge/session/session.ts';

const exchange = (content: string, createdAt = 1_000): [Message, Message] => [
  { role: 'user', content, createdAt },
  { role: 'assistant', content: `re: ${content}`, createdAt },
];
const empty = createSession({ persona: ['i bake.'], now: 1_000, ttlSeconds: 60 });
const sessionAfter = (contents: string[]): Session =>
  contents.reduce((session, content) => addExchange(session, exchange(content), 60), empty);

describe('a session', () => {
  it('has an id that is not guessed and fits where ids are looked for', () => {
    const ids = Array.from({ length: 1_000 }, createSessionId);
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every(isSessionId)).toBe(true);
  });

  it('grows by an exchange, and its expiry moves on', () => {
    const session = addExchange(empty, exchange('hi', 1_500), 60);
    expect(session.messages.map((message) => message.content)).toEqual(['hi', 're: hi']);
    expect(session).toMatchObject({ createdAt: 1_000, expiresAt: 1_560, persona: ['i bake.'] });
    expect(empty.messages).toEqual([]);
  });

  it('keeps the newest exchanges where there are too many', () => {
    const { messages } = sessionAfter(
      Array.from({ length: MAX_MESSAGES / 2 + 3 }, (_, index) => `message ${index}`),
    );
    expect(messages).toHaveLength(MAX_MESSAGES);
    expect(messages[0]).toMatchObject({ role: 'user', content: 'message 3' });
  });

  it('keeps the newest exchanges where they are too long', () => {
    const long = 'a'.repeat(MAX_TRANSCRIPT_CHARS / 4);
    const { messages } = sessionAfter([`1${long}`, `2${long}`, `3${long}`]);
    expect(messages.map((message) => message.content[0])).toEqual(['3', 'r']);
  });

  it('keeps the newest exchange in any case', () => {
    expect(sessionAfter(['first', 'a'.repeat(MAX_TRANSCRIPT_CHARS)]).messages).toHaveLength(2);
  });
});

describe('the KV store', () => {
  const noWait = { now: () => 1_000_000, wait: async () => {}, random: () => 0.5 };
  const store = createKvSessionStore(env.SESSIONS, noWait);

  /** KV that refuses the first calls, as it does writes that come within a second of each other. */
  function refusingKv(refusals: number) {
    let left = refusals;
    return new Proxy(env.SESSIONS, {
      get:
        (kv, name) =>
        async (...given: unknown[]) => {
          if (left-- > 0) throw new Error('KV failed: 429 Too Many Requests');
          return Reflect.get(kv, name).apply(kv, given);
        },
    });
  }

  it('writes and deletes again where KV refuses, a second and a little later', async () => {
    const waits: number[] = [];
    const wait = async (ms: number) => waits.push(ms);
    const refused = () => createKvSessionStore(refusingKv(2), { ...noWait, wait });
    const id = createSessionId();
    await refused().put(id, empty);
    expect(await store.get(id)).toEqual(empty);
    await refused().delete(id);
    expect(await store.get(id)).toBeNull();
    expect(waits).toEqual([1_350, 1_350, 1_350, 1_350]);
  });

  it.each<[string, (store: SessionStore) => Promise<unknown>]>([
    ['get', (store) => store.get('sess_a')],
    ['put', (store) => store.put('sess_a', empty)],
    ['delete', (store) => store.delete('sess_a')],
  ])('says that it is not available where KV keeps refusing: %s', async (_, use) => {
    const refused = createKvSessionStore(refusingKv(9), noWait);
    await expect(use(refused)).rejects.toMatchObject({
      code: 'session_store_unavailable',
      status: 503,
      retryAfterSeconds: 5,
      cause: new Error('KV failed: 429 Too Many Requests'),
    });
  });

  it('does not quote what is stored where it is broken', async () => {
    await env.SESSIONS.put('session:sess_d', 'my secret {');
    await expect(store.get('sess_d')).rejects.toThrow('A stored session is not JSON.');
  });

  it('gives back what was put', async () => {
    const session = sessionAfter(['hi', 'there']);
    await store.put('sess_a', session);
    expect(await store.get('sess_a')).toEqual(session);
    expect(await store.get('sess_b')).toBeNull();
  });

  it('writes a version, and does not read another', async () => {
    await store.put('sess_c', empty);
    const stored = await env.SESSIONS.get<{ version: number }>('session:sess_c', 'json');
    expect(stored!.version).toBe(1);
    await env.SESSIONS.put('session:sess_c', JSON.stringify({ ...stored, version: 2 }));
    await expect(store.get('sess_c')).rejects.toThrow();
  });
});
