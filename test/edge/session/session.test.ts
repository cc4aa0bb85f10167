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
  const noWait = { now: () => 1_000_000, wait: async () => {} };
  const store = createKvSessionStore(env.SESSIONS, noWait);

  /** KV that refuses the first writes, as it does where they come within a second of each other. */
  function refusingKv(refusals: number) {
    let left = refusals;
    const put: KVNamespace['put'] = async (...written: Parameters<KVNamespace['put']>) => {
      if (left-- > 0) throw new Error('KV PUT failed: 429 Too Many Requests');
      await env.SESSIONS.put(...written);
    };
    return new Proxy(env.SESSIONS, {
      get: (kv, name) => (name === 'put' ? put : Reflect.get(kv, name).bind(kv)),
    });
  }

  it('writes again where KV refuses, a second later', async () => {
    const waits: number[] = [];
    const wait = async (ms: number) => waits.push(ms);
    const refused = createKvSessionStore(refusingKv(2), { ...noWait, wait });
    const id = createSessionId();
    await refused.put(id, empty);
    expect(waits).toEqual([1_100, 1_100]);
    expect(await store.get(id)).toEqual(empty);
  });

  it('gives up where KV keeps refusing', async () => {
    const refused = createKvSessionStore(refusingKv(9), noWait);
    await expect(refused.put(createSessionId(), empty)).rejects.toThrow(/429/);
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
