import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyLimits } from '../../../edge/limits/key-limits.ts';
import { type Buckets, reserve, settle, withoutFull } from '../../../edge/limits/quotas.ts';

const limits: KeyLimits = {
  requests: { limit: 3, windowSeconds: 3 },
  tokens: { limit: 1_000, windowSeconds: 1_000 },
  'session-requests': { limit: 2, windowSeconds: 2 },
};

describe('reserve', () => {
  it('takes from every quota that there is', () => {
    const { granted, buckets, standings, exceeded } = reserve(limits, {}, { tokens: 300, nowMs: 0 });
    expect(granted).toBe(true);
    expect(exceeded).toEqual([]);
    expect(buckets).toEqual({
      requests: { level: 2, atMs: 0 },
      tokens: { level: 700, atMs: 0 },
      'session-requests': { level: 1, atMs: 0 },
    });
    expect(standings).toEqual([
      { name: 'requests', limit: 3, windowSeconds: 3, remaining: 2, nextMs: 1_000, fullMs: 1_000 },
      { name: 'tokens', limit: 1_000, windowSeconds: 1_000, remaining: 700, nextMs: 1_000, fullMs: 300_000 },
      { name: 'session-requests', limit: 2, windowSeconds: 2, remaining: 1, nextMs: 1_000, fullMs: 1_000 },
    ]);
  });

  it('takes nothing where one is used up, and says which and for how long', () => {
    const before: Buckets = { tokens: { level: -100, atMs: 0 }, 'session-requests': { level: 0, atMs: 0 } };
    const decision = reserve(limits, before, { tokens: 300, nowMs: 0 });
    expect(decision).toMatchObject({
      granted: false,
      buckets: before,
      exceeded: ['tokens', 'session-requests'],
      waitMs: 101_000,
    });
    expect(decision.standings[0]).toMatchObject({ remaining: 3, nextMs: 0, fullMs: 0 });
    expect(decision.standings[1]).toMatchObject({ remaining: 0, nextMs: 101_000, fullMs: 1_100_000 });
  });

  it('grants the last tokens to one request, which may owe, and to no other beside it', () => {
    const first = reserve(limits, { tokens: { level: 10, atMs: 0 } }, { tokens: 300, nowMs: 0 });
    expect(first).toMatchObject({ granted: true, buckets: { tokens: { level: -290 } } });
    expect(reserve(limits, first.buckets, { tokens: 300, nowMs: 0 }).granted).toBe(false);
    const settled = settle(limits, first.buckets, { reserved: 300, used: 4, nowMs: 0 });
    expect(reserve(limits, settled, { tokens: 300, nowMs: 0 }).granted).toBe(true);
  });

  it('takes no more than a whole bucket', () => {
    expect(reserve(limits, {}, { tokens: 5_000, nowMs: 0 })).toMatchObject({
      granted: true,
      buckets: { tokens: { level: 0 } },
    });
  });

  it('never grants more than the quota and one reservation, however many come at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 500 }), (limit, tokens) => {
        const any: KeyLimits = { tokens: { limit, windowSeconds: 60 } };
        const amount = Math.min(tokens, limit);
        let buckets: Buckets = {};
        let granted = 0;
        for (let i = 0; i <= limit / amount + 5; i++) {
          const decision = reserve(any, buckets, { tokens, nowMs: 0 });
          buckets = decision.buckets;
          if (decision.granted) granted += 1;
        }
        expect(granted).toBe(Math.ceil(limit / amount));
      }),
    );
  });

  it('grants everything where nothing is limited', () => {
    expect(reserve({}, {}, { tokens: 1e9, nowMs: 0 })).toEqual({
      granted: true,
      buckets: {},
      standings: [],
      exceeded: [],
      waitMs: 0,
    });
  });
});

describe('settle', () => {
  it.each([
    ['gives back what was not used', 300, 50, 950],
    ['changes nothing where all was used', 300, 300, 700],
    ['takes what was used beyond, into debt', 900, 1_400, -400],
    ['gives all back of a request that failed', 300, 0, 1_000],
    ['knows that no more than the whole bucket was reserved', 5_000, 200, 800],
  ])('%s', (_, reserved, used, level) => {
    const { buckets } = reserve(limits, {}, { tokens: reserved, nowMs: 0 });
    const settled = settle(limits, buckets, { reserved, used, nowMs: 0 });
    expect(settled.tokens).toEqual({ level, atMs: 0 });
    expect(settled.requests).toEqual(buckets.requests);
  });

  it('leaves a bucket as if only what was used had ever been taken', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(400)), { maxLength: 30 }), (requests) => {
        const large: KeyLimits = { tokens: { limit: 100_000, windowSeconds: 60 } };
        let buckets: Buckets = {};
        let total = 0;
        for (const [reserved, used] of requests) {
          const decision = reserve(large, buckets, { tokens: reserved, nowMs: 0 });
          buckets = settle(large, decision.buckets, { reserved, used, nowMs: 0 });
          total += used;
        }
        expect(buckets.tokens?.level ?? 100_000).toBe(100_000 - total);
      }),
    );
  });
});

describe('withoutFull', () => {
  it('keeps what says more than no bucket would', () => {
    const buckets: Buckets = { requests: { level: 0, atMs: 0 }, tokens: { level: 0, atMs: 0 } };
    expect(withoutFull(limits, buckets, 5_000)).toEqual({ tokens: { level: 0, atMs: 0 } });
    expect(withoutFull({}, buckets, 0)).toEqual({});
  });
});
