import { describe, expect, it } from 'vitest';
import {
  acceptsDigest,
  decodeRecord,
  encodeRecord,
  equalInConstantTime,
  type KeyRecord,
  oldKeyValidUntil,
  revokeKey,
  rotateKey,
} from '../../../edge/keys/key-record.ts';

const digest = (letter: string) => letter.repeat(64);
const record: KeyRecord = {
  id: 'key_0123456789ab',
  kind: 'secret',
  name: 'shop',
  digests: [{ sha256: digest('a'), expiresAt: null }],
  policy: { safety: true, origins: [], limits: { requests: { limit: 5, windowSeconds: 60 } } },
  createdAt: 100,
  revokedAt: null,
};

describe('acceptsDigest', () => {
  it.each([
    ['its own', record, digest('a'), 200, true],
    ['another', record, digest('b'), 200, false],
    ['one that begins alike', record, `${'a'.repeat(63)}b`, 200, false],
    ['one of another length', record, 'aaaa', 200, false],
    ['none of a record that is not there', null, digest('0'), 200, false],
    ['none of a revoked one', revokeKey(record, 150), digest('a'), 200, false],
    ['not even nobody’s', { ...record, digests: [] }, digest('0'), 0, false],
  ])('answers for %s', (_, found, sha256, now, expected) => {
    expect(acceptsDigest(found, sha256, now)).toBe(expected);
  });
});

describe('rotateKey', () => {
  const rotated = rotateKey(record, { sha256: digest('b'), now: 200, keepOldSeconds: 60 });

  it('keeps the old key for its time and not a second longer', () => {
    expect(acceptsDigest(rotated, digest('b'), 1e9)).toBe(true);
    expect(acceptsDigest(rotated, digest('a'), 259)).toBe(true);
    expect(acceptsDigest(rotated, digest('a'), 260)).toBe(false);
    expect(oldKeyValidUntil(rotated.digests, 200)).toBe(260);
    expect(oldKeyValidUntil(rotated.digests, 260)).toBe(null);
  });

  it('ends the old key at once where it is kept for no time', () => {
    const { digests } = rotateKey(record, { sha256: digest('b'), now: 200, keepOldSeconds: 0 });
    expect(digests).toEqual([{ sha256: digest('b'), expiresAt: null }]);
  });

  it('does not lengthen the life of a key that was rotated before', () => {
    const twice = rotateKey(rotated, { sha256: digest('c'), now: 210, keepOldSeconds: 1_000 });
    expect(acceptsDigest(twice, digest('a'), 260)).toBe(false);
    expect(acceptsDigest(twice, digest('b'), 1_209)).toBe(true);
  });

  it('does not grow without end', () => {
    let many = record;
    for (let i = 0; i < 50; i++)
      many = rotateKey(many, { sha256: digest(String(i % 10)), now: 200 + i, keepOldSeconds: 1_000 });
    expect(many.digests).toHaveLength(5);
  });
});

describe('a record', () => {
  it('comes back from the store as it went', () => {
    for (const each of [
      record,
      revokeKey(record, 5),
      { ...record, policy: { ...record.policy, limits: {} } },
    ])
      expect(decodeRecord(encodeRecord(each))).toEqual(each);
  });

  it('of another version is refused', () => {
    expect(() => decodeRecord(encodeRecord(record).replace('"version":1', '"version":2'))).toThrow();
  });

  it('is revoked once: the time of the first stays', () => {
    expect(revokeKey(revokeKey(record, 150), 900).revokedAt).toBe(150);
  });
});

describe('equalInConstantTime', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'ab', false],
  ])('compares %j with %j', (a, b, expected) => {
    expect(equalInConstantTime(a, b)).toBe(expected);
  });
});
