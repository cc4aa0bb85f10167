import { describe, expect, it, vi } from 'vitest';
import { createSession, history, say } from '../session/sessions.ts';
import { events } from '../events.ts';
import { heldBackend, json, sayBack, type TestApp, testApp } from '../test-app.ts';

const ask = (app: TestApp, id: string, body: object, headers: Record<string, string> = {}) =>
  app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'hi', ...body }, headers });
const keyed = { 'idempotency-key': 'k' };

describe('a streamed reply of a session', () => {
  it('comes as its words, then as it is without a stream, then the end', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const id = await createSession(app);
    const sent = await events(await ask(app, id, { stream: true }));
    const [reply, end] = sent.slice(-2);
    expect(end).toBe('[DONE]');
    const head = { object: 'session.message.delta', id: reply.id, session_id: id };
    expect(sent.slice(0, -2)).toEqual(['i', ' like', ' dogs.'].map((delta) => ({ ...head, delta })));
    expect(await json(app.request('GET', `/v1/sessions/${id}/messages/${reply.id}`))).toMatchObject({
      content: 'i like dogs.',
      role: 'assistant',
    });
    expect(reply).toMatchObject({ status: 'completed', content: 'i like dogs.', finish_reason: 'stop' });
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: i like dogs.']);
  });

  it.each([
    ['text/event-stream', {}, true],
    ['application/json, text/event-stream', {}, true],
    ['text/event-stream', { stream: false }, false],
    ['text/event-stream', { stream: null }, true],
    ['*/*', {}, false],
    ['application/json', { stream: true }, true],
  ])('is what Accept: %s with %j asks for: %s', async (accept, body, isStream) => {
    const app = testApp();
    const response = await ask(app, await createSession(app), body, { accept });
    expect(response.headers.get('content-type')?.startsWith('text/event-stream')).toBe(isStream);
    await response.text();
  });

  it('is given again to the same key, with a stream and without', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const id = await createSession(app);
    const first = await events(await ask(app, id, { stream: true }, keyed));
    const again = await ask(app, id, { stream: true }, keyed);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await events(again)).toEqual(first);
    const whole = await say(app, id, 'hi', keyed);
    expect(whole.headers.get('idempotent-replayed')).toBe('true');
    expect(await json(whole)).toEqual(first.at(-2));
    expect(await history(app, id)).toHaveLength(2);
  });

  it.each([
    [{ async: true }, {}],
    [{}, { prefer: 'respond-async' }],
  ])('cannot be one that is not awaited: %j %j', async (body, headers) => {
    const app = testApp();
    const response = await ask(app, await createSession(app), { stream: true, ...body }, headers);
    expect(response.status).toBe(400);
    expect((await json(response)).error).toMatchObject({ code: 'invalid_value', param: 'stream' });
  });

  it('has the status of what fails before it has begun', async () => {
    const app = testApp({ backend: async () => new Response(null, { status: 503 }) });
    const response = await ask(app, await createSession(app), { stream: true });
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('backend_unavailable');
  });

  it('is kept by nobody where its reader has left before it was found, and the next turn does not wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const pending = ask(app, id, { stream: true });
    await nthAsked(1);
    await vi.advanceTimersByTimeAsync(5_000);
    await (await pending).body!.cancel();
    vi.useRealTimers();
    const next = say(app, id, 'still there?');
    (await nthAsked(2)).answer('yes');
    expect((await json(next)).content).toBe('yes');
    expect(await history(app, id)).toEqual(['user: still there?', 'assistant: yes']);
  });
});
