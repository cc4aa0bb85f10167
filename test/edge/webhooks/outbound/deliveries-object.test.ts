import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createEvent } from '../../../../edge/webhooks/outbound/events.ts';
import type { Webhook } from '../../../../edge/webhooks/outbound/subscription.ts';
import { createKey, keyedApp } from '../../test-keys.ts';
import { answerAttempts, answered, deliveriesOf, ringWhileDue } from './webhooks.ts';

/** A webhook of a key, whose signing keys were sealed with a secret that is gone. */
async function setUp(id: string) {
  const { id: owner } = await createKey(keyedApp());
  const webhook: Webhook = {
    ...{ id, url: 'https://shop.example/', events: ['message.replied'], description: '' },
    keys: [{ sealed: 's1.AAAAAA.AAAA', publicKey: 'whpk_', expiresAt: null }],
    ...{ createdAt: 0, disabled: null },
  };
  await env.WEBHOOKS.getByName(owner).create(webhook);
  const deliveries = deliveriesOf(owner, id);
  const tell = async (callbackUrl: string | null = null) => {
    const event = createEvent('message.replied', { session_id: 's', message_id: 'm' }, Date.now());
    await deliveries.accept([{ event, callbackUrl }]);
    await ringWhileDue(deliveries);
    return (await deliveries.read(event.id))!;
  };
  return { deliveries, tell };
}

describe('deliveries', () => {
  it('that cannot be signed fail like others, and are not tried for ever', async () => {
    const { tell } = await setUp('wh_unsealed');
    const delivery = await tell();
    expect(delivery).toMatchObject({ status: 'pending', attemptsMade: 1 });
    expect(delivery.attempts[0]).toMatchObject({ status: null, error: expect.stringMatching(/rotate/) });
    expect(delivery.wakeAt).toBeGreaterThan(Date.now());
  });

  it('wait for as long as their receiver wants to rest', async () => {
    const { deliveries, tell } = await setUp('wh_resting');
    const attempted = await answerAttempts(deliveries, () => answered(503, 3_600));
    await tell();
    const second = await tell();
    expect(attempted).toHaveLength(1);
    expect(second.attempts).toEqual([]);
  });

  it('are counted: each attempt, what is given up, and the webhook that is disabled for it', async () => {
    const { deliveries, tell } = await setUp('wh_counted');
    const counted: unknown[] = [];
    await runInDurableObject(deliveries, (object) => {
      const add = (...count: unknown[]) => void counted.push(count);
      Object.assign(object, { figures: { add } });
    });
    let status = 200;
    await answerAttempts(deliveries, () => answered(status));
    await tell();
    status = 410;
    await tell();
    expect(counted).toEqual([
      ['webhook_attempts', { outcome: 'delivered' }],
      ['webhook_attempts', { outcome: 'failed' }],
      ['webhook_dead_letters', { reason: 'gone' }],
      ['webhooks_disabled', { reason: 'gone' }],
    ]);
  });

  it('that are replayed once more, since the object broke down with the first time, are sent', async () => {
    const { id: owner } = await createKey(keyedApp());
    const deliveries = () => deliveriesOf(owner, 'wh_broken');
    const event = createEvent('message.replied', {}, Date.now());
    await deliveries().accept([{ event, callbackUrl: null }]);
    await ringWhileDue(deliveries());
    await runInDurableObject(deliveries(), async (object, { storage }) => {
      // Whatever is waited for on the way to the alarm takes too long.
      Object.assign(storage, { getAlarm: () => new Promise(() => {}) });
      void object.replay(event.id);
      await storage.sync();
    });
    const broken = runInDurableObject(deliveries(), (_, state) => state.abort('It breaks down, by a test.'));
    await broken.catch(() => {});
    expect(await deliveries().replay(event.id)).toMatchObject({ status: 'pending' });
    const alarmAt = await runInDurableObject(deliveries(), (_, { storage }) => storage.getAlarm());
    expect(alarmAt).toBeLessThanOrEqual(Date.now());
  });

  it('that failed are all sent anew, however many there are', async () => {
    const { id: owner } = await createKey(keyedApp());
    // Nobody has this webhook: whatever is due fails.
    const deliveries = deliveriesOf(owner, 'wh_nobodys');
    const events = Array.from({ length: 250 }, () => createEvent('message.replied', {}, Date.now()));
    await deliveries.accept(events.map((event) => ({ event, callbackUrl: null })));
    await ringWhileDue(deliveries);
    expect(await deliveries.list({ status: 'failed', after: null, limit: 1_000 })).toHaveLength(250);
    expect(await deliveries.replayFailed()).toBe(250);
    expect(await deliveries.list({ status: 'pending', after: null, limit: 1_000 })).toHaveLength(250);
  });
});
