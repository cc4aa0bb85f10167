import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { OWNER } from '../../../../edge/keys/caller.ts';
import type { Arrival, Work } from '../../../../edge/webhooks/inbound/inbox-calls.ts';
import { SENTENCES } from '../../../../edge/webhooks/inbound/sentences.ts';
import { createIntegrationId } from '../../../../edge/webhooks/integrations/integration-record.ts';
import { heldBackend } from '../../test-app.ts';
import { slackApp } from '../inbound-app.ts';
import { CONVERSATION, LEASE_MS, ready, taken } from './direct-inbox.ts';

/** What `say` of `slackApp` comes to. */
function arrival({ integration }: ReturnType<typeof slackApp>): Arrival {
  const message = {
    ...{ id: 'T1:D1:1700000000.000001', conversation: CONVERSATION, place: 'D1', person: 'U1' },
    ...{ text: 'hello', sequence: 1_700_000_000_000_001, replyTo: { channel: 'D1', thread: null } },
  };
  return { integrationId: integration.id, message, exchange: false };
}

describe('an inbox', () => {
  it('is looked after by its alarm where the queue is not', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    const alarmAt = await runInDurableObject(inbox, (_, { storage }) => storage.getAlarm());
    expect(alarmAt! - Date.now()).toBeLessThanOrEqual(10_000);
    expect(alarmAt! - Date.now()).toBeGreaterThan(5_000);
    // Too early: it looks, and is set anew.
    await runDurableObjectAlarm(inbox);
    expect(await inbox.take(LEASE_MS)).not.toBeNull();
  });

  it('that breaks down with a message before it is told of answers it all the same', async () => {
    const app = slackApp();
    const inbox = await app.inboxOf(CONVERSATION);
    await runInDurableObject(inbox, async (object, { storage }) => {
      // Whatever is waited for on the way to the alarm takes too long.
      Object.assign(storage, { getAlarm: () => new Promise(() => {}) });
      void object.accept(arrival(app));
      await storage.sync();
    });
    const broken = runInDurableObject(inbox, (_, state) => state.abort('It breaks down, by a test.'));
    await broken.catch(() => {});
    expect((await app.say('hello', { at: 1 })).status).toBe(200);
    const alarmAt = await runInDurableObject(await app.inboxOf(CONVERSATION), (_, { storage }) =>
      storage.getAlarm(),
    );
    expect(alarmAt).not.toBeNull();
    expect(alarmAt! - Date.now()).toBeLessThanOrEqual(10_000);
  });

  it('answers at once by itself where the queue is away', async () => {
    const app = slackApp();
    const inbox = await app.inboxOf(CONVERSATION);
    const work = await runInDurableObject(inbox, async (object, { storage }) => {
      // Nothing rings.
      Object.assign(storage, { setAlarm: async () => {} });
      const { env: bindings } = object as unknown as { env: Cloudflare.Env };
      const send = async () => Promise.reject(new Error('The queue is away.'));
      const taking = Promise.withResolvers<Work | null>();
      Object.assign(object, {
        env: { ...bindings, INBOUND_QUEUE: { send } },
        work: async () => taking.resolve(await object.take(LEASE_MS)),
      });
      await object.accept(arrival(app));
      return taking.promise;
    });
    expect(work?.message.text).toBe('hello');
  });

  it('writes nothing anew for a reset but what holds words', async () => {
    const app = slackApp();
    for (const at of [1, 2, 3]) {
      await app.say('hello', { at });
      await app.wake(CONVERSATION);
    }
    const inbox = await app.inboxOf(CONVERSATION);
    await app.say('!reset', { at: 4 });
    const { token } = await taken(inbox);
    const written = await runInDurableObject(inbox, async (object, { storage }) => {
      const put = vi.spyOn(storage.kv, 'put');
      await object.keepSession(token, null);
      return put.mock.calls.map(([key]) => key);
    });
    expect(written).toEqual(['about']);
  });

  it('gives a message to one at a time, and to the next when the first has died', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    const lost = await taken(inbox);
    expect(await inbox.take(LEASE_MS)).toBeNull();
    await ready(app);
    const work = await taken(inbox);
    expect(work.message.id).toBe(lost.message.id);
    expect(await inbox.keepReply(lost.token, 'too late', LEASE_MS)).toBe(false);
    expect(await inbox.finish(lost.token, null)).toBeNull();
    expect(await inbox.keepReply(work.token, 'in time', LEASE_MS)).toBe(true);
  });

  it('gives a message that nobody comes to an end with a few times, and then a sentence', async () => {
    const app = slackApp();
    await app.say('a message that kills', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    for (let times = 0; times < 5; times++) {
      await taken(inbox);
      await ready(app);
    }
    await app.wake(CONVERSATION);
    expect(app.requests).toEqual([]);
    expect(app.posts()).toEqual([SENTENCES.failed]);
    expect(await inbox.take(LEASE_MS)).toBeNull();
  });

  it('gives a message up that comes too late, also where its integration cannot be read', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    app.dependencies.findIntegration = async () => Promise.reject(new Error('It makes no sense.'));
    app.dependencies.now = () => Date.now() + 3_600_000;
    expect(await app.wake(CONVERSATION)).toEqual(['ack']);
    expect(JSON.stringify(app.log)).toContain('expired');
  });

  it('gives the reply that was found, and not another one, to who goes on', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = slackApp({ backend });
    await app.say('hello', { at: 1 });
    const first = app.wake(CONVERSATION);
    (await nthAsked(1)).answer('the first');
    await first;
    expect(app.posts()).toEqual(['the first']);
    // As if the consumer had been killed between delivery and acknowledgement.
    const inbox = await app.inboxOf(CONVERSATION);
    await app.say('again', { at: 2 });
    const work = await taken(inbox);
    await inbox.keepReply(work.token, 'found before', LEASE_MS);
    await ready(app);
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual(['the first', 'found before']);
    expect(app.requests).toHaveLength(1);
  });

  it('looks through what it has seen once a day, and not each time that it rings', async () => {
    const app = slackApp();
    const inbox = await app.inboxOf(CONVERSATION);
    const lookedThrough: number[] = [];
    for (const at of [1, 2, 3]) {
      await app.say('hello', { at });
      await app.wake(CONVERSATION);
      const list = await runInDurableObject(inbox, (_, { storage }) => vi.spyOn(storage.kv, 'list'));
      await runDurableObjectAlarm(inbox);
      lookedThrough.push(list.mock.calls.length);
      list.mockRestore();
    }
    expect(lookedThrough).toEqual([1, 0, 0]);
  });

  it('is gone when nothing of it would be missed', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    const inbox = await app.inboxOf(CONVERSATION);
    await runInDurableObject(inbox, (_, { storage }) => {
      for (const [key, value] of [...storage.kv.list<{ expiresAt: number }>({ prefix: 'seen:' })])
        storage.kv.put(key, { ...value, expiresAt: 1 });
    });
    await runDurableObjectAlarm(inbox);
    const kept = () =>
      runInDurableObject(inbox, async (_, { storage }) => ({
        keys: [...storage.kv.list()].map(([key]) => key),
        alarm: await storage.getAlarm(),
      }));
    expect(await kept()).toEqual({ keys: ['about'], alarm: expect.any(Number) });
    // A month of silence.
    await runInDurableObject(inbox, (_, { storage }) => {
      storage.kv.put('about', { ...storage.kv.get<object>('about'), touchedAt: 1 });
    });
    await evictDurableObject(inbox);
    await runDurableObjectAlarm(inbox);
    expect(await kept()).toEqual({ keys: [], alarm: null });
  });
});

describe('a conversation whose integration was removed', () => {
  /** One that was said something in, and then nothing for two days; of an integration that the worker's own objects know. */
  async function quietConversation() {
    const id = createIntegrationId();
    const owner = env.INTEGRATIONS.getByName(id);
    await owner.create({
      ...{
        id,
        channel: 'slack',
        name: '',
        enabled: true,
        settings: {},
        secrets: {},
        persona: [],
        places: null,
      },
      ...{ policy: { safety: true, limits: {} }, createdAt: 1, revokedAt: null },
    });
    const app = slackApp({ integration: { id } });
    await app.say('i live in norway.', { at: 1 });
    await app.wake(CONVERSATION);
    const inbox = await app.inboxOf(CONVERSATION);
    const sessionId = await runInDurableObject(inbox, (_, { storage }) => {
      const about = storage.kv.get<{ sessionId: string }>('about')!;
      storage.kv.put('about', { ...about, touchedAt: Date.now() - 2 * 86_400_000 });
      return about.sessionId;
    });
    await evictDurableObject(inbox);
    const kept = () => runInDurableObject(inbox, (_, { storage }) => [...storage.kv.list()].length);
    const session = () => env.SESSION_OBJECTS.getByName(sessionId).read(OWNER);
    return { app, owner, inbox, kept, session };
  }

  it('is erased by its inbox: the session, and the inbox itself', async () => {
    const { owner, inbox, kept, session } = await quietConversation();
    expect((await session())!.messages[0]!.content).toBe('i live in norway.');
    await owner.revoke(2);
    await runDurableObjectAlarm(inbox);
    expect(await session()).toBeNull();
    expect(await kept()).toBe(0);
    expect(await runInDurableObject(inbox, (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  it('is kept where the integration is only switched off', async () => {
    const { owner, inbox, kept, session } = await quietConversation();
    await owner.update({ enabled: false });
    await runDurableObjectAlarm(inbox);
    expect(await session()).not.toBeNull();
    expect(await kept()).toBe(2);
  });
});
