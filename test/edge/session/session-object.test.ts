import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_WAITING } from '../../../edge/session/turn-queue.ts';
import { QUIET_MS, WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { heldBackend, json, sayBack, testApp } from '../test-app.ts';
import {
  alarmAfter,
  createSession,
  history,
  injectKv,
  inKv,
  kvOf,
  objectOf,
  passTime,
  say,
  stored,
  waitingTurns,
} from './sessions.ts';

afterEach(() => {
  vi.useRealTimers();
});

const refuse = () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'));

describe('a session, from its object to KV', () => {
  it('is in KV a while after it changed, with the expiry and all that is needed to go on', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app, { persona: 'i bake.', metadata: { user: '7' }, ttl_seconds: 3_600 });
    await say(app, id, 'hi');
    expect(await inKv(id)).toBeNull();
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).toMatchObject({
      version: 2,
      keyId: null,
      persona: ['i bake.'],
      metadata: { user: '7' },
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello', ids: expect.any(Array) },
      ],
      ttlSeconds: 3_600,
      revision: 2,
    });
    const { keys } = await env.SESSIONS.list({ prefix: `session:${id}` });
    expect(keys[0]!.expiration).toBeGreaterThan(Date.now() / 1_000 + 3_500);
    expect(keys[0]!.expiration).toBeLessThan(Date.now() / 1_000 + 3_601);
  });

  it('costs KV one write for the turns of half a minute', async () => {
    const app = testApp();
    const id = await createSession(app);
    let puts = 0;
    const { put } = await kvOf(id);
    await injectKv(id, {
      put: (...given) => {
        puts += 1;
        return put(...given);
      },
    });
    for (const content of ['a', 'b', 'c']) await say(app, id, content);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(puts).toBe(1);
  });

  it('leaves nothing but KV once it is quiet, and goes on from there', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app, { persona: 'i bake.' });
    await say(app, id, 'hi');
    await alarmAfter(id, WRITE_DELAY_MS);
    expect((await stored(id)).keys).toEqual(['held']);
    await alarmAfter(id, QUIET_MS);
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
    // Reading leaves no traces either.
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
    await say(app, id, 'again');
    expect(await history(app, id)).toHaveLength(4);
    await evictDurableObject(objectOf(id));
    expect(await history(app, id)).toHaveLength(4);
  });

  it('loses nothing where KV refuses, and writes it later', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app);
    await say(app, id, 'hi');
    await injectKv(id, { put: refuse });
    for (let attempt = 0; attempt < 3; attempt++) await alarmAfter(id, 10 * QUIET_MS);
    expect(await inKv(id)).toBeNull();
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
    const { alarm } = await stored(id);
    expect(alarm).toBeGreaterThan(Date.now());
    expect(alarm).toBeLessThan(Date.now() + 10_000);
    // The object starts again with the real KV.
    await evictDurableObject(objectOf(id));
    await alarmAfter(id, 10_000);
    expect(await inKv(id)).toMatchObject({ revision: 2 });
  });

  it('has its object ring once to be written, and not again before it may be forgotten', async () => {
    const app = testApp();
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).not.toBeNull();
    expect((await stored(id)).alarm! - Date.now()).toBeGreaterThan(QUIET_MS / 2);
  });

  it('is written after its object has forgotten all, by an alarm like any other', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app);
    const { put } = await kvOf(id);
    await injectKv(id, { put: refuse });
    await alarmAfter(id, WRITE_DELAY_MS);
    await injectKv(id, { put });
    await alarmAfter(id, QUIET_MS);
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
    await say(app, id, 'hi');
    expect((await stored(id)).alarm).not.toBeNull();
  });

  it('writes again what changed while it was being written', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app);
    const { put } = await kvOf(id);
    await injectKv(id, {
      put: async (...given) => {
        await put(...given);
        await say(app, id, 'meanwhile');
      },
    });
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).toMatchObject({ revision: 1 });
    await injectKv(id, { put });
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).toMatchObject({ revision: 2 });
  });

  it('does not look at a stale copy in KV, nor at a missing one', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    const stale = await inKv(id);
    await say(app, id, 'hi');
    for (const copy of [JSON.stringify(stale), null]) {
      if (copy === null) await env.SESSIONS.delete(`session:${id}`);
      else await env.SESSIONS.put(`session:${id}`, copy);
      await evictDurableObject(objectOf(id));
      expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
    }
    await say(app, id, 'again');
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).toMatchObject({ revision: 3 });
  });

  it('is not there for an older Tandem’s value, nor for a broken one, whose text is not told', async () => {
    const app = testApp();
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    await env.SESSIONS.put(`session:${id}`, JSON.stringify({ version: 1, messages: [] }));
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
    await env.SESSIONS.put(`session:${id}`, 'my secret {');
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(503);
    const { cause } = app.log.at(-1)!;
    expect(cause).toContain('A stored session is not JSON');
    expect(cause).not.toContain('my secret');
    await env.SESSIONS.put(`session:${id}`, JSON.stringify({ version: 3 }));
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(503);
  });

  it('is away where neither its object nor KV has an answer', async () => {
    const app = testApp();
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    await injectKv(id, { get: () => Promise.reject(new Error('KV GET failed: 500')) });
    const response = await say(app, id, 'hi');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect((await json(response)).error.code).toBe('session_store_unavailable');
    expect(app.requests).toEqual([]);
  });

  it('expires', async () => {
    const app = testApp();
    const id = await createSession(app, { ttl_seconds: 60 });
    passTime(60_000);
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
    expect((await say(app, id, 'hi')).status).toBe(404);
    await alarmAfter(id, WRITE_DELAY_MS);
    expect(await inKv(id)).toBeNull();
    await alarmAfter(id, QUIET_MS);
    expect((await stored(id)).keys).toEqual([]);
  });
});

describe('two hundred messages at once', () => {
  it('are answered one after the other as far as there is room; the others are told when to come back', async () => {
    let replies = 0;
    const app = testApp({ backend: (...call) => sayBack(`reply ${replies++}`)(...call) });
    const id = await createSession(app);
    const said = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    // Four clients of this machine, each with fifty: no limit of requests stops them.
    const clients = Array.from({ length: 4 }, () => crypto.getRandomValues(new Uint8Array(3)));
    const answers = await Promise.all(
      said.map(async (content, index) => {
        const address = `127.${clients[index % clients.length]!.join('.')}`;
        const response = await say(app, id, content, { 'cf-connecting-ip': address });
        return { content, response, body: await json(response) };
      }),
    );
    const accepted = answers.filter(({ response }) => response.status === 200);
    const refused = answers.filter(({ response }) => response.status !== 200);
    expect(accepted.length).toBeGreaterThan(MAX_WAITING);
    expect(refused.length).toBeGreaterThan(0);
    for (const { response, body } of refused) {
      expect([response.status, body.error.code]).toEqual([429, 'session_busy']);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Each accepted message is there once, followed by its own reply, and replies are in the order of generation.
    const kept = await history(app, id);
    const expected = accepted
      .toSorted((one, other) => replyNumber(one.body) - replyNumber(other.body))
      .flatMap(({ content, body }) => [`user: ${content}`, `assistant: ${body.content}`]);
    expect(kept).toEqual(expected);
    expect(accepted.map(({ content }) => content)).toEqual(
      kept.filter((line) => line.startsWith('user')).map((line) => line.slice('user: '.length)),
    );
  });

  const replyNumber = ({ content }: { content: string }) => Number(content.split(' ')[1]);
});

describe('a turn', () => {
  it('of which the worker never brings a reply is the next one’s after its lease', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend, settings: { BACKEND_TIMEOUT_MS: 600_000 } });
    const id = await createSession(app);
    const lost = say(app, id, 'lost');
    const late = await nthAsked(1);
    passTime(700_000);
    const next = say(app, id, 'next');
    (await nthAsked(2)).answer('here');
    expect((await next).status).toBe(200);
    late.answer('too late');
    const response = await lost;
    expect([response.status, (await json(response)).error.code]).toEqual([409, 'turn_superseded']);
    expect(await history(app, id)).toEqual(['user: next', 'assistant: here']);
  });

  it('is kept though its object was evicted while the reply was under way', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const said = say(app, id, 'hi');
    const asked = await nthAsked(1);
    await evictDurableObject(objectOf(id));
    asked.answer('hello');
    expect(await json(said)).toMatchObject({ content: 'hello', stored: true });
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
  });

  it('is not kept where another one came first after an eviction', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    await evictDurableObject(objectOf(id));
    const second = say(app, id, 'second');
    (await nthAsked(2)).answer('two');
    expect((await second).status).toBe(200);
    asked.answer('one');
    expect((await first).status).toBe(409);
    expect(await history(app, id)).toEqual(['user: second', 'assistant: two']);
  });

  it('that waits is answered though its object forgot the session, which had been quiet for long', async () => {
    const { backend, nthAsked } = heldBackend();
    let asks = 0;
    const app = testApp({
      backend: async (...call) => {
        const isFirst = asks++ === 0;
        const answer = await backend(...call);
        return isFirst ? new Response(null, { status: 500 }) : answer;
      },
    });
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    passTime(QUIET_MS - WRITE_DELAY_MS - 1_000);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    const second = say(app, id, 'second');
    await vi.waitFor(() => expect(waitingTurns(id)).resolves.toBe(1));
    await alarmAfter(id, 1_000);
    expect((await stored(id)).keys).toEqual([]);
    asked.answer('');
    expect((await first).status).toBe(503);
    (await nthAsked(2)).answer('hello');
    expect((await second).status).toBe(200);
  });

  it('of a session that is deleted meanwhile is not found, and neither are those that waited', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const said = say(app, id, 'hi');
    const asked = await nthAsked(1);
    const waiting = say(app, id, 'and');
    await vi.waitFor(() => expect(waitingTurns(id)).resolves.toBe(1));
    expect((await app.request('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    asked.answer('hello');
    for (const response of [await said, await waiting]) {
      expect(response.status).toBe(404);
      expect((await json(response)).error.code).toBe('session_not_found');
    }
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
  });

  it('of a client that has gone is the next one’s at once, whether it was under way or waited', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({
      backend: (url, init) =>
        Promise.race([
          backend(url, init),
          new Promise<never>((_, reject) =>
            init.signal?.addEventListener('abort', () => reject(init.signal!.reason)),
          ),
        ]),
    });
    const id = await createSession(app);
    const gone = [new AbortController(), new AbortController()];
    const sayAs = (content: string, { signal }: AbortController) =>
      app.request('POST', `/v1/sessions/${id}/messages`, { body: { content }, signal });
    const first = sayAs('first', gone[0]!);
    await nthAsked(1);
    const second = sayAs('second', gone[1]!);
    await vi.waitFor(() => expect(waitingTurns(id)).resolves.toBe(1));
    const third = say(app, id, 'third');
    await vi.waitFor(() => expect(waitingTurns(id)).resolves.toBe(2));
    gone[1]!.abort();
    await second;
    gone[0]!.abort();
    expect((await first).status).toBe(499);
    (await nthAsked(2)).answer('hello');
    expect((await third).status).toBe(200);
    expect(await history(app, id)).toEqual(['user: third', 'assistant: hello']);
  });
});

describe('a deleted session', () => {
  it('is nowhere any more: not in its object, not in KV, and what it remembered neither', async () => {
    const app = testApp();
    const id = await createSession(app);
    await say(app, id, 'hi', { 'idempotency-key': 'k' });
    await alarmAfter(id, WRITE_DELAY_MS);
    await app.request('DELETE', `/v1/sessions/${id}`);
    expect(await inKv(id)).toBeNull();
    expect((await stored(id)).keys).toEqual(['held']);
    await alarmAfter(id, QUIET_MS);
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
  });

  it('does not come back from a stale copy in KV', async () => {
    const app = testApp();
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    const stale = JSON.stringify(await inKv(id));
    await app.request('DELETE', `/v1/sessions/${id}`);
    await env.SESSIONS.put(`session:${id}`, stale);
    await evictDurableObject(objectOf(id));
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
    expect((await say(app, id, 'hi')).status).toBe(404);
  });

  it('is gone at once where KV refuses, and from KV as soon as it does not', async () => {
    const app = testApp();
    const id = await createSession(app);
    await alarmAfter(id, WRITE_DELAY_MS);
    const real = await kvOf(id);
    await injectKv(id, { delete: refuse });
    expect((await app.request('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
    expect(await inKv(id)).not.toBeNull();
    await injectKv(id, real);
    await alarmAfter(id, 2_000);
    expect(await inKv(id)).toBeNull();
  });

  it('is erased after what was being written when it was deleted', async () => {
    const app = testApp();
    const id = await createSession(app);
    const { put } = await kvOf(id);
    let deleted: Promise<Response> | undefined;
    await injectKv(id, {
      put: async (...given) => {
        deleted = app.request('DELETE', `/v1/sessions/${id}`);
        await vi.waitFor(async () =>
          expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404),
        );
        await put(...given);
      },
    });
    await alarmAfter(id, WRITE_DELAY_MS);
    expect((await deleted)!.status).toBe(204);
    expect(await inKv(id)).toBeNull();
  });
});
