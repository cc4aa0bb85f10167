import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createKeyReader } from '../../../edge/keys/key-reader.ts';
import { encodeRecord, type KeyRecord, revokeKey, rotateKey } from '../../../edge/keys/key-record.ts';
import { createKeyId } from '../../../edge/keys/key-text.ts';

const digest = (letter: string) => letter.repeat(64);
const HOUR_MS = 3_600_000;

/** A reader over the real KV, whose reads are counted, and an object that says what a test says. */
function setUp({ object = null as KeyRecord | null } = {}) {
  const record: KeyRecord = {
    id: createKeyId(),
    kind: 'secret',
    name: '',
    digests: [{ sha256: digest('a'), expiresAt: null }],
    policy: { safety: true, origins: [], limits: {} },
    createdAt: 1,
    revokedAt: null,
  };
  const state = {
    nowMs: HOUR_MS,
    isAway: false,
    reads: [] as string[],
    object,
    cheap: new Map<string, string>(),
  };
  const get = async (key: string) => {
    state.reads.push('kv');
    if (state.isAway) throw new Error('KV is away');
    return state.cheap.get(key) ?? env.KEYS.get(key);
  };
  const reader = createKeyReader({
    kv: { get } as unknown as KVNamespace,
    readObject: async () => {
      state.reads.push('object');
      return state.object;
    },
    now: () => state.nowMs,
  });
  const publish = (each: KeyRecord) => env.KEYS.put(`key:${each.id}`, encodeRecord(each));
  return { reader, state, record, publish };
}

describe('a key reader', () => {
  it('reads a key once in half a minute', async () => {
    const { reader, state, record, publish } = setUp();
    await publish(record);
    expect(reader.lately(record.id, digest('a'))).toBe(null);
    expect(await reader.verify(record.id, digest('a'))).toEqual(record);
    expect(reader.lately(record.id, digest('a'))).toEqual(record);
    expect(await reader.read(record.id)).toEqual(record);
    state.nowMs += 29_999;
    expect(reader.lately(record.id, digest('a'))).toEqual(record);
    expect(state.reads).toEqual(['kv']);
    state.nowMs += 1;
    expect(reader.lately(record.id, digest('a'))).toBe(null);
    expect(await reader.read(record.id)).toEqual(record);
    expect(state.reads).toEqual(['kv', 'kv']);
  });

  it('accepts a rotated key at once, though KV and the cache know only the old one', async () => {
    const { reader, state, record, publish } = setUp();
    await publish(record);
    await reader.verify(record.id, digest('a'));
    state.object = rotateKey(record, { sha256: digest('b'), now: 3_600, keepOldSeconds: 60 });
    expect(await reader.verify(record.id, digest('b'))).toEqual(state.object);
    expect(state.reads).toEqual(['kv', 'kv', 'object']);
    for (const each of ['a', 'b']) expect(reader.lately(record.id, digest(each))).toEqual(state.object);
  });

  it('refuses a wrong key whatever it asks, and goes on with the right one', async () => {
    const { reader, state, record, publish } = setUp();
    await publish(record);
    state.object = record;
    expect(await reader.verify(record.id, digest('b'))).toBe(null);
    expect(reader.lately(record.id, digest('b'))).toBe(null);
    expect(reader.lately(record.id, digest('a'))).toEqual(record);
  });

  it('asks no object for keys that are not there or are revoked', async () => {
    const { reader, state, record, publish } = setUp();
    expect(await reader.verify(record.id, digest('a'))).toBe(null);
    await publish(revokeKey(record, 3_000));
    expect(await reader.verify(record.id, digest('a'))).toBe(null);
    expect(state.reads).toEqual(['kv', 'kv']);
  });

  it('goes on with who was known while KV is away, and refuses others by its own fault', async () => {
    const { reader, state, record, publish } = setUp();
    await publish(record);
    await reader.verify(record.id, digest('a'));
    state.isAway = true;
    state.nowMs += HOUR_MS;
    expect(await reader.verify(record.id, digest('a'))).toEqual(record);
    expect(reader.lately(record.id, digest('a'))).toEqual(record);
    await expect(reader.read(createKeyId())).rejects.toMatchObject({ code: 'key_store_unavailable' });
  });

  it('forgets the oldest of very many', async () => {
    const { reader, state, record, publish } = setUp();
    await publish(record);
    await reader.read(record.id);
    const others = Array.from({ length: 1_000 }, () => ({ ...record, id: createKeyId() }));
    for (const each of others) state.cheap.set(`key:${each.id}`, encodeRecord(each));
    for (const { id } of others) await reader.read(id);
    state.reads.length = 0;
    await reader.read(others[500]!.id);
    expect(state.reads).toEqual([]);
    await reader.read(record.id);
    expect(state.reads).toEqual(['kv']);
  });
});
