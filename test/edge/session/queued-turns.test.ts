import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANSWER_AGAIN_MS, QUIET_MS, WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { createKey, holding, keyedApp } from '../test-keys.ts';
import { heldBackend, json, sayBack, type TestApp, testApp } from '../test-app.ts';
import { answerAttempts, answered, deliveriesOf } from '../webhooks/outbound/webhooks.ts';
import {
  alarmAfter,
  breakDown,
  createSession,
  history,
  leaveLine,
  passTime,
  say,
  stored,
} from './sessions.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The backend of the worker itself, which answers what is asked without anybody waiting. */
function workersBackend(backend: ReturnType<typeof sayBack>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => backend(String(url), init ?? {}));
}

const queue = async (app: TestApp, id: string, content: string): Promise<string> =>
  (await json(app.request('POST', `/v1/sessions/${id}/messages`, { body: { content, async: true } }))).id;

const SLOW_MACHINE = { timeout: 10_000 };

/** A session that nothing is to be done for, within the hour. */
async function quietSession(app: TestApp): Promise<string> {
  const id = await createSession(app);
  await alarmAfter(id, WRITE_DELAY_MS);
  expect((await stored(id)).alarm! - Date.now()).toBeGreaterThan(QUIET_MS / 2);
  return id;
}

describe('a turn that nobody waits for', () => {
  it('is answered soon though its object broke down while it waited, and nobody asks again', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await quietSession(app);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    await queue(app, id, 'second');
    const fetches = workersBackend(sayBack('at last'));
    await breakDown(id);
    expect((await stored(id)).alarm! - Date.now()).toBeLessThanOrEqual(ANSWER_AGAIN_MS);
    await alarmAfter(id, ANSWER_AGAIN_MS);
    expect(fetches).toHaveBeenCalledTimes(1);
    expect(await history(app, id)).toEqual(['user: second', 'assistant: at last']);
    asked.answer('too late');
    expect((await first).status).toBe(409);
  });

  it('is not lost with an object that had nothing else: its session was in KV alone', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await quietSession(app);
    await alarmAfter(id, QUIET_MS);
    expect((await stored(id)).keys).toEqual([]);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    await queue(app, id, 'second');
    workersBackend(sayBack('at last'));
    await breakDown(id);
    await alarmAfter(id, ANSWER_AGAIN_MS);
    expect(await history(app, id)).toEqual(['user: second', 'assistant: at last']);
    asked.answer('too late');
    expect((await first).status).toBe(409);
  });

  it('has failed for whoever asks later too, though its session was in KV alone', async () => {
    workersBackend(() => Promise.reject(new Error('reset')));
    const app = testApp();
    const id = await quietSession(app);
    await alarmAfter(id, QUIET_MS);
    const message = await queue(app, id, 'hi');
    await alarmAfter(id, 0);
    await breakDown(id);
    expect(await json(app.request('GET', `/v1/sessions/${id}/messages/${message}`))).toMatchObject({
      status: 'failed',
    });
  });

  it('has an alarm that takes over while it is being answered, should the one that answers be cut off', async () => {
    const { backend, nthAsked } = heldBackend();
    workersBackend(backend);
    const app = testApp();
    const id = await quietSession(app);
    await queue(app, id, 'hi');
    const rung = alarmAfter(id, 0);
    const asked = await nthAsked(1);
    const { alarm } = await stored(id);
    expect(alarm! - Date.now()).toBeLessThanOrEqual(ANSWER_AGAIN_MS);
    asked.answer('hello');
    await rung;
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
  });

  it('is answered though its lease was over before an alarm rang, and the next one had its place', async () => {
    const { backend, nthAsked } = heldBackend();
    workersBackend(sayBack('found'));
    const app = testApp({ backend });
    const id = await createSession(app);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    const lost = await queue(app, id, 'lost');
    await leaveLine(id, lost);
    asked.answer('one');
    expect((await first).status).toBe(200);
    await alarmAfter(id, ANSWER_AGAIN_MS);
    expect(await history(app, id)).toEqual([
      ...['user: first', 'assistant: one'],
      ...['user: lost', 'assistant: found'],
    ]);
  });

  it('of a session that expires before is told to have failed, and is not looked after any more', async () => {
    const settings = { SEALING_SECRET: 'a-secret-that-seals-secrets-in-tests' };
    const { backend, nthAsked } = heldBackend();
    workersBackend(backend);
    const app = keyedApp({ settings, now: () => Date.now() });
    const { id: keyId, key } = await createKey(app);
    const headers = holding(key);
    const post = (path: string, body: object) => json(app.request('POST', path, { body, headers }));
    const { id } = await post('/v1/sessions', { ttl_seconds: 60 });
    const callbacks = () => deliveriesOf(keyId, 'callbacks');
    await answerAttempts(callbacks(), () => answered(200));
    const callback_url = 'https://shop.example/reply';
    const messages = ['first', 'second'].map((content) =>
      post(`/v1/sessions/${id}/messages`, { content, async: true, callback_url }),
    );
    const ids = (await Promise.all(messages)).map((message) => message.id);
    const late = await nthAsked(1);
    passTime(61_000);
    late.answer('too late');
    await vi.waitFor(async () => {
      // By the alarm, where it could not be told at once.
      await alarmAfter(id, 1_000);
      const deliveries = await callbacks().list({ status: null, after: null, limit: 100 });
      const told = deliveries.map(({ event }) => [event.type, event.data.message_id, event.data.error?.code]);
      expect(told.toSorted()).toEqual(
        ids.map((message) => ['message.failed', message, 'session_not_found']).toSorted(),
      );
    }, SLOW_MACHINE);
    await alarmAfter(id, ANSWER_AGAIN_MS);
    expect((await stored(id)).alarm! - Date.now()).toBeGreaterThan(ANSWER_AGAIN_MS);
  });
});
