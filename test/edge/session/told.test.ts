import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OWNER } from '../../../edge/keys/caller.ts';
import { QUIET_MS, WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { createKey, holding, type KeyedApp, keyedApp } from '../test-keys.ts';
import { heldBackend, json, sayBack } from '../test-app.ts';
import { answerAttempts, answered, deliveriesOf } from '../webhooks/outbound/webhooks.ts';
import { alarmAfter, injectKv, objectOf, passTime, stored } from './sessions.ts';

const settings = { SEALING_SECRET: 'a-secret-that-seals-secrets-in-tests' };

afterEach(() => {
  vi.useRealTimers();
});

/** A key of its own, and what its webhook would have been told. */
async function setUp(events: string[] | null, backend = sayBack('hello there')) {
  // Not `Date.now` itself: tests let time pass.
  const app = keyedApp({ backend, settings, now: () => Date.now() });
  const { id: keyId, key } = await createKey(app);
  const headers = holding(key);
  const post = (path: string, body: object = {}) => json(app.request('POST', path, { body, headers }));
  const createSession = async (body: object = {}): Promise<string> => (await post('/v1/sessions', body)).id;
  const say = (id: string, body: object = {}) =>
    post(`/v1/sessions/${id}/messages`, { content: 'hi', ...body });
  const subscribe = async (types: string[]): Promise<string> => {
    const { id } = await post('/v1/webhooks', { url: 'https://shop.example/', events: types });
    await answerAttempts(deliveriesOf(keyId, id), () => answered(200));
    return id;
  };
  const webhook = events === null ? null : await subscribe(events);
  const told = async (id = webhook!) => {
    const deliveries = await deliveriesOf(keyId, id).list({ status: null, after: null, limit: 100 });
    return deliveries.map(({ event }) => event).toReversed();
  };
  return { app: app as KeyedApp, headers, keyId, createSession, say, subscribe, told };
}

const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);
const keysOf = async (id: string) => (await stored(id)).keys.map((key) => key.split(':')[0]);

/** Whoever is asked from now on about the session's webhooks is away. */
const cutOff = (id: string) =>
  runInDurableObject(objectOf(id), (object) => {
    const away = () => Promise.reject(new Error('Network connection lost.'));
    (object as unknown as { env: { WEBHOOKS: unknown } }).env = {
      ...env,
      WEBHOOKS: { getByName: () => ({ interest: away, publish: away }) },
    };
  });

describe('what a session has to tell', () => {
  it('is told once where it is asked for, and leaves nothing behind', async () => {
    const { createSession, say, told } = await setUp(['session.created', 'message.replied']);
    const id = await createSession();
    const reply = await say(id);
    await vi.waitFor(async () => expect(await told()).toHaveLength(2));
    const [created, replied] = await told();
    expect(created).toMatchObject({ type: 'session.created', data: { session_id: id } });
    expect(replied).toMatchObject({
      type: 'message.replied',
      data: { session_id: id, message_id: reply.id },
    });
    expect(await keysOf(id)).toEqual(['held']);
  });

  it('is nothing where nobody subscribed to it', async () => {
    const { createSession, say, subscribe, told } = await setUp(null);
    const id = await createSession();
    await say(id);
    expect(await keysOf(id)).toEqual(['held']);
    const webhook = await subscribe(['message.replied']);
    await say(id);
    await vi.waitFor(async () => expect(typesOf(await told(webhook))).toEqual(['message.replied']));
  });

  it('waits with the turn while the webhooks are away, through a restart, and is told later', async () => {
    const { createSession, say, told } = await setUp(['message.replied']);
    const id = await createSession();
    await cutOff(id);
    const reply = await say(id);
    expect(reply.status).toBe('completed');
    // Nobody could say that the session's end is of no interest.
    expect(await keysOf(id)).toEqual(['held', 'outbox', 'watch']);
    expect(await told()).toEqual([]);
    await evictDurableObject(objectOf(id));
    await alarmAfter(id, 60_000);
    await vi.waitFor(async () => expect((await told())[0]?.data.message_id).toBe(reply.id));
    expect(await keysOf(id)).toEqual(['held', 'watch']);
  });

  it('is tried again and again, and the session is not forgotten before', async () => {
    const { createSession, say, told } = await setUp(['message.replied']);
    const id = await createSession();
    await cutOff(id);
    await say(id);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS * 2);
    expect(await keysOf(id)).toContain('outbox');
    const { alarm } = await stored(id);
    expect(alarm! - Date.now()).toBeLessThanOrEqual(600_000);
    await evictDurableObject(objectOf(id));
    await alarmAfter(id, QUIET_MS);
    await vi.waitFor(async () => expect(await told()).toHaveLength(1));
  });

  it('is told of a turn that was under way when its object started again', async () => {
    const { backend, nthAsked } = heldBackend();
    const { createSession, say, told } = await setUp(['message.replied'], backend);
    const id = await createSession();
    const said = say(id);
    const asked = await nthAsked(1);
    await evictDurableObject(objectOf(id));
    asked.answer('hello');
    const reply = await said;
    await vi.waitFor(async () => expect((await told())[0]?.data.message_id).toBe(reply.id));
  });

  it('is told once of a session that is made twice, the answer to the first time being lost', async () => {
    const { createSession, told } = await setUp(['session.created']);
    const id = await createSession();
    const session = (await objectOf(id).read(OWNER))!;
    await evictDurableObject(objectOf(id));
    await objectOf(id).create(session);
    await vi.waitFor(async () => expect(await told()).not.toEqual([]));
    expect(await keysOf(id)).toEqual(['held']);
    expect(await told()).toHaveLength(1);
  });

  it('goes to nobody else’s webhooks', async () => {
    const mine = await setUp(['message.replied']);
    const others = await setUp(['message.replied']);
    await mine.say(await mine.createSession());
    await vi.waitFor(async () => expect(await mine.told()).toHaveLength(1));
    expect(await others.told()).toEqual([]);
  });
});

describe('the end of a session', () => {
  const day = { ttl_seconds: 86_400 };

  it('is told when it comes, long after everything else was forgotten', async () => {
    const { createSession, say, told } = await setUp(['session.expired']);
    const id = await createSession(day);
    await say(id);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    expect(await keysOf(id)).toEqual(['watch']);
    expect((await stored(id)).alarm! - Date.now()).toBeLessThan(86_400_000);
    await alarmAfter(id, 86_400_000);
    await vi.waitFor(async () =>
      expect(await told()).toMatchObject([{ type: 'session.expired', data: { session_id: id } }]),
    );
    await alarmAfter(id, QUIET_MS);
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
  });

  it('is told though KV, which has no more to say of it, does not answer', async () => {
    const { createSession, told } = await setUp(['session.expired']);
    const id = await createSession(day);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    await injectKv(id, { get: () => Promise.reject(new Error('KV GET failed: 500')) });
    await alarmAfter(id, 86_400_000);
    await vi.waitFor(async () => expect(typesOf(await told())).toEqual(['session.expired']));
    expect(await stored(id)).toEqual({ keys: [], alarm: null });
  });

  it('is told at its time where it is still held', async () => {
    const { createSession, told } = await setUp(['session.expired']);
    const id = await createSession({ ttl_seconds: 60 });
    expect((await stored(id)).alarm! - Date.now()).toBeLessThanOrEqual(60_000);
    await alarmAfter(id, 61_000);
    await vi.waitFor(async () => expect(typesOf(await told())).toEqual(['session.expired']));
    await runDurableObjectAlarm(objectOf(id));
    expect(await told()).toHaveLength(1);
  });

  it('is put off by each message', async () => {
    const { createSession, say, told } = await setUp(['session.expired']);
    const id = await createSession(day);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    passTime(80_000_000);
    await say(id);
    await alarmAfter(id, WRITE_DELAY_MS);
    await alarmAfter(id, QUIET_MS);
    expect(await told()).toEqual([]);
    await alarmAfter(id, 86_400_000);
    await vi.waitFor(async () => expect(await told()).toHaveLength(1));
  });

  it('is not told of one that was deleted, nor where nobody asked', async () => {
    const { app, headers, createSession, told } = await setUp(['session.expired']);
    const deleted = await createSession(day);
    await app.request('DELETE', `/v1/sessions/${deleted}`, { headers });
    expect(await keysOf(deleted)).toEqual(['held']);
    await alarmAfter(deleted, 2 * 86_400_000);
    expect(await told()).toEqual([]);
    vi.useRealTimers();
    const nobody = await setUp(['message.replied']);
    expect(await keysOf(await nobody.createSession(day))).toEqual(['held']);
  });
});
