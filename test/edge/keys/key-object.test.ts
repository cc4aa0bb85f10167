import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ApiKeyObject } from '../../../edge/keys/key-object.ts';
import { decodeRecord, type KeyRecord } from '../../../edge/keys/key-record.ts';
import { createKeyId } from '../../../edge/keys/key-text.ts';
import type { KeyLimits } from '../../../edge/limits/key-limits.ts';
import { createSessionId } from '../../../edge/session/session.ts';

// Nothing worth counting comes back while a test runs.
const windowSeconds = 10_000_000;

async function newKey(limits: KeyLimits = {}) {
  const id = createKeyId();
  const record: KeyRecord = {
    id,
    kind: 'secret',
    name: '',
    digests: [{ sha256: 'a'.repeat(64), expiresAt: null }],
    policy: { safety: true, origins: [], limits },
    createdAt: 1,
    revokedAt: null,
  };
  const object = env.API_KEYS.getByName(id);
  await object.create(record);
  return { id, record, object };
}

/** Runs inside the object, with a KV whose writes are a test's own. */
function withKv(
  object: DurableObjectStub<ApiKeyObject>,
  kv: { put: (key: string, value: string) => Promise<void> },
  run: (instance: ApiKeyObject) => Promise<void>,
) {
  return runInDurableObject(object, async (instance: ApiKeyObject) => {
    const { env: bindings } = instance as unknown as { env: Cloudflare.Env };
    Object.assign(instance, { env: { ...bindings, KEYS: kv } });
    await run(instance);
    Object.assign(instance, { env: bindings });
  });
}

const published = async (id: string) => decodeRecord((await env.KEYS.get(`key:${id}`))!);

describe('a key’s object', () => {
  it('keeps the record and publishes it', async () => {
    const { id, record, object } = await newKey();
    expect(await object.read()).toEqual(record);
    expect(await published(id)).toEqual(record);
  });

  it('knows nothing of a key that never was', async () => {
    const object = env.API_KEYS.getByName(createKeyId());
    expect(await object.read()).toBe(null);
    expect(await object.update({ name: 'x' })).toBe(null);
    expect(await object.revoke(5)).toBe(null);
    expect(await object.reserve({ sessionId: null, tokens: 1 })).toBe(null);
  });

  it('does not bring a revoked key back by what comes late', async () => {
    const { id, object } = await newKey();
    await object.revoke(5);
    expect(await object.update({ name: 'late' })).toBe(null);
    expect(await object.rotate({ sha256: 'b', now: 6, keepOldSeconds: 5 })).toBe(null);
    expect(await published(id)).toMatchObject({ digests: [], revokedAt: 5, name: '' });
  });

  it('publishes later what KV did not take, the newest state of it', async () => {
    const { id, object } = await newKey();
    await withKv(object, { put: () => Promise.reject(new Error('KV PUT failed: 429')) }, async (instance) => {
      await instance.update({ name: 'first' });
      await instance.revoke(7);
    });
    expect((await published(id)).name).toBe('');
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await published(id)).toMatchObject({ name: 'first', revokedAt: 7 });
  });

  it('goes on trying to publish, however long KV is away', async () => {
    const { id, object } = await newKey();
    await withKv(object, { put: () => Promise.reject(new Error('KV is away')) }, async (instance) => {
      await instance.revoke(7);
      for (let ring = 0; ring < 10; ring++) await instance.alarm();
    });
    expect((await published(id)).revokedAt).toBe(null);
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect((await published(id)).revokedAt).toBe(7);
    expect(await runDurableObjectAlarm(object)).toBe(false);
  });

  it('publishes what was changed when it broke down, before KV had answered', async () => {
    const { id, object } = await newKey();
    await runDurableObjectAlarm(object);
    let ask = () => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const put = () => {
      ask();
      return new Promise<never>(() => {});
    };
    await withKv(object, { put }, async (instance) => {
      void instance.revoke(7);
      await asked;
    });
    const broken = runInDurableObject(object, async (_, state) => {
      await state.storage.sync();
      state.abort('It breaks down, by a test.');
    });
    await broken.catch(() => {});
    expect((await published(id)).revokedAt).toBe(null);
    expect(await runDurableObjectAlarm(env.API_KEYS.getByName(id))).toBe(true);
    expect((await published(id)).revokedAt).toBe(7);
  });

  it('leaves the newest state in KV, though an older write takes longer', async () => {
    const { id, object } = await newKey();
    const delaysMs = [30, 0];
    const put = async (key: string, value: string) => {
      await new Promise((resolve) => setTimeout(resolve, delaysMs.shift()));
      await env.KEYS.put(key, value);
    };
    await withKv(object, { put }, async (instance) => {
      await Promise.all([instance.update({ name: 'older' }), instance.revoke(7)]);
    });
    expect(await published(id)).toMatchObject({ name: 'older', revokedAt: 7 });
  });

  it('counts hundreds of requests at once exactly', async () => {
    const { object } = await newKey({ requests: { limit: 100, windowSeconds } });
    const decisions = await Promise.all(
      Array.from({ length: 400 }, () => object.reserve({ sessionId: null, tokens: 1 })),
    );
    expect(decisions.filter((decision) => decision!.granted)).toHaveLength(100);
    const remaining = decisions.map((decision) => decision!.standings[0]!.remaining);
    expect(remaining.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i));
  });

  it('reserves tokens for hundreds at once, and loses none when they settle', async () => {
    const { object } = await newKey({ tokens: { limit: 10_000, windowSeconds } });
    const reservation = { sessionId: null, tokens: 100 };
    const decisions = await Promise.all(Array.from({ length: 300 }, () => object.reserve(reservation)));
    const granted = decisions.filter((decision) => decision!.granted);
    expect(granted).toHaveLength(100);
    await Promise.all(granted.map((_, i) => object.settle(reservation, i)));
    const used = (99 * 100) / 2;
    const { standings } = (await object.reserve({ sessionId: null, tokens: 0 }))!;
    expect(standings[0]!.remaining).toBe(10_000 - used);
  });

  it('counts each session by itself, and the key over all of them', async () => {
    const { object } = await newKey({
      requests: { limit: 5, windowSeconds },
      'session-requests': { limit: 2, windowSeconds },
    });
    const [one, two, three] = [createSessionId(), createSessionId(), createSessionId()];
    const ask = async (sessionId: string | null) => (await object.reserve({ sessionId, tokens: 1 }))!;
    const granted = [];
    for (const sessionId of [one, one, one, two, two, three, three])
      granted.push((await ask(sessionId)).granted);
    expect(granted).toEqual([true, true, false, true, true, true, false]);
    expect((await ask(one)).exceeded).toEqual(['requests', 'session-requests']);
    expect((await ask(three)).exceeded).toEqual(['requests']);
    expect((await ask(null)).standings.map(({ name }) => name)).toEqual(['requests']);
  });

  it('keeps its counts when it is evicted', async () => {
    const { object } = await newKey({ requests: { limit: 3, windowSeconds } });
    await object.reserve({ sessionId: null, tokens: 1 });
    await object.reserve({ sessionId: null, tokens: 1 });
    await evictDurableObject(object);
    const { standings } = (await object.reserve({ sessionId: null, tokens: 1 }))!;
    expect(standings[0]!.remaining).toBe(0);
  });

  it('refuses at once after it was revoked, whatever KV says', async () => {
    const { object } = await newKey();
    expect(await object.reserve({ sessionId: null, tokens: 1 })).toMatchObject({ granted: true });
    await object.revoke(5);
    expect(await object.reserve({ sessionId: null, tokens: 1 })).toBe(null);
  });

  it('forgets sessions whose quotas are whole again', async () => {
    const { object } = await newKey({ 'session-requests': { limit: 1_000, windowSeconds: 1 } });
    const lasting = await newKey({ 'session-requests': { limit: 1_000, windowSeconds } });
    const rows = (of: typeof object) =>
      runInDurableObject(of, (_, state) => [...state.storage.kv.list({ prefix: 'session:' })].length);
    for (const each of [object, lasting.object]) {
      // Else the alarm for the key's publication may ring at any time and find the sessions.
      await runDurableObjectAlarm(each);
      await each.reserve({ sessionId: createSessionId(), tokens: 1 });
    }
    expect([await rows(object), await rows(lasting.object)]).toEqual([1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await runDurableObjectAlarm(lasting.object)).toBe(true);
    expect([await rows(object), await rows(lasting.object)]).toEqual([0, 1]);
    expect(await runDurableObjectAlarm(object)).toBe(false);
    expect(await runDurableObjectAlarm(lasting.object)).toBe(true);
  });
});
