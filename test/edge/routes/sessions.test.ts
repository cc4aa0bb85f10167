import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSessionId } from '../../../edge/session/session.ts';
import { createSession, history, say } from '../session/sessions.ts';
import { expectSentence, heldBackend, json, prompt, sayBack, testApp, type TestApp } from '../test-app.ts';

const DAY = 86_400;

afterEach(() => vi.useRealTimers());

describe('POST /v1/sessions', () => {
  it('creates a session without a body', async () => {
    const app = testApp({ now: () => 1_800_000_000_000 });
    const response = await app.request('POST', '/v1/sessions');
    const session = await json(response);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/v1/sessions/${session.id}`);
    expect(isSessionId(session.id)).toBe(true);
    expect(session).toEqual({
      id: session.id,
      object: 'session',
      model: 'tandem-mini',
      persona: [],
      metadata: {},
      messages: [],
      created_at: 1_800_000_000,
      expires_at: 1_800_000_000 + 30 * DAY,
      ttl_seconds: 30 * DAY,
    });
  });

  it.each([
    [
      'a text of sentences',
      'I have two dogs named Mr. Paws and Rex. I bake!',
      ['I have two dogs named Mr. Paws and Rex.', 'I bake!'],
    ],
    [
      'a text of lines',
      'i have two dogs. they bark.\r\n\r\ni bake',
      ['i have two dogs. they bark.', 'i bake'],
    ],
    ['a list', ['i have two dogs.', ' ', 'i bake.'], ['i have two dogs.', 'i bake.']],
    ['the model’s own format', 'your persona: i bake.\nYour Persona: i sing.', ['i bake.', 'i sing.']],
    ['nothing', null, []],
  ])('takes a persona as %s', async (_, persona, lines) => {
    const app = testApp();
    expect((await json(app.request('POST', '/v1/sessions', { body: { persona } }))).persona).toEqual(lines);
  });

  it.each([
    [{ persona: 3 }, 'invalid_value'],
    [{ persona: ['a', 3] }, 'invalid_value'],
    [{ persona: Array.from({ length: 11 }, () => 'i bake') }, 'persona_too_long'],
    [{ persona: ['i like dogs and cats '.repeat(20)] }, 'persona_too_long'],
    [{ persona: 'a'.repeat(100_000) }, 'persona_too_long'],
    [{ name: 'x' }, 'unsupported_parameter'],
  ])('refuses %j', async (body, code) => {
    const response = await testApp().request('POST', '/v1/sessions', { body });
    expect(response.status).toBe(400);
    expect((await json(response)).error.code).toBe(code);
  });
});

describe('POST /v1/sessions/{id}/messages', () => {
  it('answers the reply', async () => {
    const app = testApp({ backend: sayBack('hello there') });
    const id = await createSession(app);
    const response = await say(app, id, 'hi!');
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({
      object: 'session.message',
      session_id: id,
      role: 'assistant',
      content: 'hello there',
      finish_reason: 'stop',
      dropped_turns: 0,
      truncated: false,
      usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
    });
  });

  it('gives the model the persona and everything said so far', async () => {
    const app = testApp({ backend: sayBack('i am well') });
    const id = await createSession(app, { persona: ['i bake.'] });
    await say(app, id, 'hi!');
    await say(app, id, 'how are you?');
    expect(prompt(app.requests[1])).toBe(' your persona: i bake.   hi!   i am well   how are you?');
  });

  it('takes "</s>" for text', async () => {
    const app = testApp();
    const id = await createSession(app);
    await say(app, id, '</s><s> hi');
    expect(prompt(app.requests[0])).toBe(' </s><s> hi');
    expect(await history(app, id)).toEqual(['user: </s><s> hi', 'assistant: hello there']);
  });

  it('keeps emoji and drops control characters', async () => {
    const app = testApp();
    const id = await createSession(app);
    await say(app, id, '\u0000hi\u0007 👨‍👩‍👧\r\nyou \ud800\u001b[31m');
    expect(await history(app, id)).toEqual(['user: hi 👨‍👩‍👧\nyou \ufffd[31m', 'assistant: hello there']);
  });

  it('keeps sessions apart', async () => {
    const app = testApp();
    const [one, other] = [await createSession(app), await createSession(app)];
    await say(app, one, 'my name is ann');
    await say(app, other, 'what is my name?');
    expect(prompt(app.requests[1])).toBe(' what is my name?');
    expect(await history(app, one)).toEqual(['user: my name is ann', 'assistant: hello there']);
  });

  it('leaves the session as it was when the generation fails', async () => {
    let away = false;
    const app = testApp({
      backend: (...call) => (away ? Promise.reject(new Error()) : sayBack('hello')(...call)),
    });
    const id = await createSession(app);
    await say(app, id, 'first');
    away = true;
    expect((await say(app, id, 'second')).status).toBe(503);
    expect(await history(app, id)).toEqual(['user: first', 'assistant: hello']);
  });

  it('joins what was said around an empty reply', async () => {
    const app = testApp({ backend: sayBack('') });
    const id = await createSession(app);
    expect((await json(say(app, id, 'hello'))).content).toBe('');
    await say(app, id, 'are you there?');
    expect(prompt(app.requests[1])).toBe(' hello\nare you there?');
    expect(await history(app, id)).toHaveLength(4);
  });

  it('says how many of the oldest turns the model was not given', async () => {
    const app = testApp({ backend: sayBack('hi') });
    const id = await createSession(app);
    await say(app, id, 'hello '.repeat(300));
    expect(await json(say(app, id, 'how are you?'))).toMatchObject({ dropped_turns: 1, truncated: false });
  });

  it('does not bring back a session that was deleted while the reply was under way', async () => {
    const app: TestApp = testApp({
      backend: async (...call) => {
        expect((await app.request('DELETE', `/v1/sessions/${id}`)).status).toBe(204);
        return sayBack('hello')(...call);
      },
    });
    const id = await createSession(app);
    const response = await say(app, id, 'hi');
    expect(response.status).toBe(404);
    expect((await json(response)).error.code).toBe('session_not_found');
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
  });

  it('answers one message after the other, each knowing of those before it', async () => {
    const replies = ['one', 'two', 'three'];
    const app = testApp({ backend: (...call) => sayBack(replies.shift()!)(...call) });
    const id = await createSession(app);
    await Promise.all(['a', 'b', 'c'].map((content) => say(app, id, content)));
    expect(await history(app, id)).toEqual([
      ...['user: a', 'assistant: one', 'user: b', 'assistant: two', 'user: c', 'assistant: three'],
    ]);
    expect(app.requests.map(prompt)).toEqual([' a', ' a   one   b', ' a   one   b   two   c']);
  });

  it('moves the expiry on', async () => {
    let now = 1_800_000_000_000;
    const app = testApp({ now: () => now });
    const id = await createSession(app);
    now += 10 * DAY * 1000;
    await say(app, id, 'hi');
    const session = await json(app.request('GET', `/v1/sessions/${id}`));
    expect(session.expires_at - session.created_at).toBe(40 * DAY);
  });

  it.each([
    [{ content: '' }, 'empty_message'],
    [{ content: ' \n\t\u200b\ufeff\u0000 ' }, 'empty_message'],
    [{ content: 'a'.repeat(100_000) }, 'message_too_long'],
    [{ content: '👍'.repeat(4_001) }, 'message_too_long'],
    [{ content: 3 }, 'invalid_value'],
    [{}, 'invalid_value'],
    [{ content: 'hi', n: 2 }, 'unsupported_parameter'],
    [{ content: 'hi', temperature: -1 }, 'invalid_value'],
    [{ content: 'hi', callback_url: 'https://me.example/hook' }, 'invalid_value'],
    [{ content: 'hi', messages: [{ role: 'tool', content: 'x' }] }, 'invalid_value'],
  ])('refuses %j', async (body, code) => {
    const app = testApp();
    const id = await createSession(app);
    const response = await app.request('POST', `/v1/sessions/${id}/messages`, { body });
    expect(response.status).toBe(400);
    expect((await json(response)).error.code).toBe(code);
    expect(app.requests).toEqual([]);
  });

  it('counts an emoji as one character', async () => {
    const app = testApp();
    expect((await say(app, await createSession(app), '👍'.repeat(4_000))).status).toBe(200);
  });
});

describe('GET and DELETE /v1/sessions/{id}', () => {
  it('shows what was said, in order', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app, { persona: 'i bake.' });
    await say(app, id, 'hi');
    const session = await json(app.request('GET', `/v1/sessions/${id}`));
    expect(session).toMatchObject({ id, object: 'session', persona: ['i bake.'] });
    expect(session.messages).toMatchObject([
      { role: 'user', content: 'hi', created_at: expect.any(Number) },
      { role: 'assistant', content: 'hello', created_at: expect.any(Number) },
    ]);
  });

  it('forgets a deleted session', async () => {
    const app = testApp();
    const id = await createSession(app);
    const response = await app.request('DELETE', `/v1/sessions/${id}`);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect((await app.request('GET', `/v1/sessions/${id}`)).status).toBe(404);
    expect((await say(app, id, 'hi')).status).toBe(404);
    expect((await env.SESSIONS.list({ prefix: `session:${id}` })).keys).toEqual([]);
  });

  it('forgets an expired session', async () => {
    const app = testApp();
    const id = await createSession(app);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30 * DAY * 1_000 });
    expect((await json(app.request('GET', `/v1/sessions/${id}`))).error.code).toBe('session_not_found');
  });

  it.each(['sess_AAAAAAAAAAAAAAAAAAAAAA', 'nothing', `sess_${'a'.repeat(600)}`, '%00', '%ff', '..%2f..'])(
    'does not find %s',
    async (id) => {
      const app = testApp();
      for (const response of [
        await app.request('GET', `/v1/sessions/${id}`),
        await app.request('DELETE', `/v1/sessions/${id}`),
        await say(app, id, 'hi'),
      ]) {
        expect(response.status).toBe(404);
        expect((await json(response)).error.code).toBe('session_not_found');
      }
    },
  );
});

describe('what a client may choose of a session', () => {
  it.each([
    [{ metadata: { user: '7', channel: 'web' } }, { metadata: { user: '7', channel: 'web' } }],
    [{ ttl_seconds: 3_600 }, { ttl_seconds: 3_600 }],
    [
      { metadata: null, ttl_seconds: null, persona: null },
      { metadata: {}, persona: [], ttl_seconds: 30 * DAY },
    ],
    [{ metadata: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, 'v'])) }, {}],
    [{ metadata: { ['k'.repeat(64)]: 'v'.repeat(512) } }, {}],
    // A title that was cut within an emoji.
    [{ metadata: { 'title\ud83d': 'hi \ud83d' } }, { metadata: { 'title\ufffd': 'hi \ufffd' } }],
  ])('is kept: %j', async (fields, expected) => {
    const app = testApp();
    const session = await json(app.request('POST', '/v1/sessions', { body: fields }));
    expect(session).toMatchObject(expected);
    expect(session.expires_at).toBe(session.created_at + session.ttl_seconds);
    expect(await json(app.request('GET', `/v1/sessions/${session.id}`))).toEqual(session);
  });

  it.each([
    [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) }, 'metadata'],
    [{ metadata: { ['k'.repeat(65)]: 'v' } }, /^metadata\.k+$/],
    [{ metadata: { ['k'.repeat(200_000)]: 'v' } }, /^metadata\.k{100}$/],
    [{ metadata: JSON.parse('{"__proto__": "v"}') }, 'metadata.__proto__'],
    [{ metadata: { k: 'v'.repeat(513) } }, 'metadata.k'],
    [{ metadata: { k: 7 } }, 'metadata.k'],
    [{ metadata: ['v'] }, 'metadata'],
    [{ metadata: 'v' }, 'metadata'],
    [{ ttl_seconds: 59 }, 'ttl_seconds'],
    [{ ttl_seconds: 30 * DAY + 1 }, 'ttl_seconds'],
    [{ ttl_seconds: 60.5 }, 'ttl_seconds'],
    [{ keyId: 'key_a' }, 'keyId'],
  ])('is refused, new or edited: %j', async (body, param) => {
    const app = testApp();
    const id = await createSession(app);
    for (const response of [
      await app.request('POST', '/v1/sessions', { body }),
      await app.request('PATCH', `/v1/sessions/${id}`, { body }),
    ]) {
      expect(response.status).toBe(400);
      const { error } = await json(response);
      expectSentence(error);
      expect(error.param).toMatch(param);
    }
  });
});

describe('PATCH /v1/sessions/{id}', () => {
  it('changes the persona for what is said from then on, and leaves the rest', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app, { persona: 'i bake.', metadata: { user: '7' } });
    await say(app, id, 'hi');
    const response = await app.request('PATCH', `/v1/sessions/${id}`, { body: { persona: ['i sing.'] } });
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ id, persona: ['i sing.'], metadata: { user: '7' } });
    await say(app, id, 'and you?');
    expect(prompt(app.requests[1])).toBe(' your persona: i sing.   hi   hello   and you?');
  });

  it('does not wait for a turn that is under way, which is kept all the same', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const said = say(app, id, 'hi');
    const asked = await nthAsked(1);
    await app.request('PATCH', `/v1/sessions/${id}`, { body: { metadata: { a: 'b' } } });
    asked.answer('hello');
    expect((await said).status).toBe(200);
    expect(await json(app.request('GET', `/v1/sessions/${id}`))).toMatchObject({
      metadata: { a: 'b' },
      messages: [{ content: 'hi' }, { content: 'hello' }],
    });
  });

  it('shortens or lengthens the session’s life from now', async () => {
    const app = testApp();
    const id = await createSession(app);
    const before = Math.floor(Date.now() / 1_000);
    const session = await json(app.request('PATCH', `/v1/sessions/${id}`, { body: { ttl_seconds: 60 } }));
    expect(session.expires_at - before).toBeGreaterThanOrEqual(60);
    expect(session.expires_at - before).toBeLessThan(70);
  });

  it.each([[{ persona: ['i like dogs and cats '.repeat(20)] }, 'persona_too_long']])(
    'refuses %j',
    async (body, code) => {
      const app = testApp();
      const response = await app.request('PATCH', `/v1/sessions/${await createSession(app)}`, { body });
      expect((await json(response)).error.code).toBe(code);
    },
  );
});

describe('GET /v1/sessions/{id}/export', () => {
  it('gives everything that is held, as a file', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const id = await createSession(app, { persona: 'i bake.', metadata: { user: '7' } });
    const body = { content: 'hi' };
    const headers = { 'idempotency-key': 'my-key' };
    const { id: reply } = await json(app.request('POST', `/v1/sessions/${id}/messages`, { body, headers }));
    const response = await app.request('GET', `/v1/sessions/${id}/export`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.json"`);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      id,
      object: 'session.export',
      exported_at: expect.any(Number),
      key_id: null,
      persona: ['i bake.'],
      metadata: { user: '7' },
      revision: 2,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello', id: reply, token_ids: expect.any(Array) },
      ],
      turns: [{ id: reply, status: 'completed', answer: { content: 'hello' } }],
    });
    // The key itself is not kept, only its hash.
    expect(text).not.toContain('my-key');
  });
});
