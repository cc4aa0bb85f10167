import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, levelAt, take, waitMs } from '../../../edge/limits/token-bucket.ts';

// Ten in ten seconds: one a second.
const quota = { limit: 10, windowSeconds: 10 };

describe('levelAt', () => {
  it.each([
    ['full at first', undefined, 0, 10],
    ['as it was', { level: 4, atMs: 1_000 }, 1_000, 4],
    ['one more a second', { level: 4, atMs: 1_000 }, 3_500, 6.5],
    ['never more than its limit', { level: 4, atMs: 1_000 }, 1e9, 10],
    ['as it was where the clock was set back', { level: 4, atMs: 1_000 }, 0, 4],
    ['out of debt in time', { level: -5, atMs: 0 }, 7_000, 2],
  ])('is %s', (_, bucket, nowMs, expected) => {
    expect(levelAt(quota, bucket, nowMs)).toBe(expected);
  });
});

describe('take', () => {
  it.each([
    ['from a full one', undefined, 3, 1_000, { level: 7, atMs: 1_000 }],
    ['after a refill', { level: 4, atMs: 0 }, 3, 2_000, { level: 3, atMs: 2_000 }],
    ['into debt', { level: 1, atMs: 0 }, 3, 0, { level: -2, atMs: 0 }],
    ['something back', { level: 4, atMs: 0 }, -2, 0, { level: 6, atMs: 0 }],
    ['no more back than fits', { level: 9, atMs: 0 }, -5, 0, { level: 10, atMs: 0 }],
    [
      'without refilling twice where the clock was set back',
      { level: 4, atMs: 5_000 },
      1,
      0,
      { level: 3, atMs: 5_000 },
    ],
  ])('takes %s', (_, bucket, amount, nowMs, expected) => {
    expect(take(quota, bucket, { amount, nowMs })).toEqual(expected);
  });
});

describe('waitMs', () => {
  it.each([
    ['nothing where it fits', 5, 5, 0],
    ['for what is missing', 2, 5, 3_000],
    ['for the debt too', -2, 1, 3_000],
    ['for ever for more than it holds', 10, 11, Number.POSITIVE_INFINITY],
  ])('is %s', (_, level, amount, expected) => {
    expect(waitMs(quota, level, amount)).toBe(expected);
  });
});

describe('a bucket, whatever comes when', () => {
  const quotas = fc.record({
    limit: fc.integer({ min: 1, max: 1_000 }),
    windowSeconds: fc.integer({ min: 1, max: 86_400 }),
  });
  const requests = fc.array(fc.record({ afterMs: fc.nat(20_000), amount: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 60,
  });

  it('lets through no more than its limit and what was refilled meanwhile', () => {
    fc.assert(
      fc.property(quotas, requests, (any, arrivals) => {
        let bucket: Bucket | undefined;
        let nowMs = 0;
        let taken = 0;
        for (const { afterMs, amount } of arrivals) {
          nowMs += afterMs;
          if (waitMs(any, levelAt(any, bucket, nowMs), amount) > 0) continue;
          bucket = take(any, bucket, { amount, nowMs });
          taken += amount;
        }
        const refilled = (any.limit * nowMs) / (any.windowSeconds * 1_000);
        expect(taken).toBeLessThanOrEqual(any.limit + refilled + 1e-6);
      }),
    );
  });

  it('grants after the wait that it names, and not much before', () => {
    fc.assert(
      fc.property(quotas, fc.nat(2_000), fc.integer({ min: 1, max: 1_000 }), (any, used, wanted) => {
        const amount = Math.min(wanted, any.limit);
        const bucket = take(any, undefined, { amount: used, nowMs: 0 });
        const wait = waitMs(any, levelAt(any, bucket, 0), amount);
        expect(levelAt(any, bucket, wait)).toBeGreaterThan(amount - 1e-6);
        if (wait > 10) expect(levelAt(any, bucket, wait - 10)).toBeLessThan(amount);
      }),
    );
  });
});
