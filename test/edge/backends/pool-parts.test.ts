import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptTimeoutMs, clientTimeoutMs, wasGivenFairTime } from '../../../edge/backends/deadline.ts';
import { readLoadReport } from '../../../edge/backends/load-report.ts';
import {
  afterRequest,
  afterRetry,
  allowsRetry,
  FULL_BUDGET,
  MOST_TOKENS,
} from '../../../edge/backends/retry-budget.ts';

describe('a client’s own time limit', () => {
  const read = (prefer: string | undefined, stainlessTimeout: string | undefined) =>
    clientTimeoutMs((name) =>
      new Map(Object.entries({ prefer, 'x-stainless-timeout': stainlessTimeout })).get(name),
    );

  it.each([
    [undefined, undefined, null],
    ['wait=10', undefined, 10_000],
    ['respond-async, wait=10', undefined, 10_000],
    ['wait = "7"; foo', undefined, 7_000],
    ['wait=0', undefined, null],
    ['await=3', undefined, null],
    ['wait=abc', undefined, null],
    [undefined, '600', 600_000],
    [undefined, '0.5', 500],
    [undefined, '-1', null],
    [undefined, 'NaN', null],
    [undefined, '1e9', null],
    [undefined, '999999999', 86_400_000],
    ['wait=10', '3', 3_000],
  ])('is read from Prefer %j and x-stainless-timeout %j: %j ms', (prefer, stainlessTimeout, expected) => {
    expect(read(prefer, stainlessTimeout)).toBe(expected);
  });

  it('is nothing worse than a number, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (prefer, stainlessTimeout) => {
        const timeout = read(prefer, stainlessTimeout);
        expect(timeout === null || (timeout > 0 && Number.isFinite(timeout))).toBe(true);
      }),
    );
  });
});

describe('an attempt’s time', () => {
  it.each([
    [30_000, true, 15_000],
    [30_000, false, 30_000],
    [101, true, 50],
    [0.4, false, 1],
  ])('is of %d ms left, with another backend to ask: %s, %d ms', (leftMs, mayRetry, expected) => {
    expect(attemptTimeoutMs(leftMs, { mayRetry })).toBe(expected);
  });

  it('is no backend’s fault where the client gave it little', () => {
    expect(wasGivenFairTime(15_000, 30_000)).toBe(true);
    expect(wasGivenFairTime(500, 30_000)).toBe(false);
  });
});

describe('the retry budget', () => {
  it('allows as many at once as it holds, and then a share of the requests', () => {
    let budget = FULL_BUDGET;
    let retries = 0;
    for (let request = 0; request < 1_000; request++) {
      budget = afterRequest(budget);
      if (!allowsRetry(budget)) continue;
      budget = afterRetry(budget);
      retries += 1;
    }
    expect(retries).toBeGreaterThanOrEqual(MOST_TOKENS + 190);
    expect(retries).toBeLessThanOrEqual(MOST_TOKENS + 200);
  });

  it('is never more than full and never less than empty', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (wishes) => {
        let budget = FULL_BUDGET;
        for (const wish of wishes) {
          budget = afterRequest(budget);
          if (wish && allowsRetry(budget)) budget = afterRetry(budget);
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
          expect(budget.tokens).toBeLessThanOrEqual(MOST_TOKENS);
        }
      }),
    );
  });
});

describe('a server’s report of its load', () => {
  const NOTHING = { waiting: null, queueMs: null, inferenceMs: null };
  const report = (metrics: string | null, timing: string | null) =>
    readLoadReport({ get: (name) => (name === 'server-timing' ? timing : metrics) });

  it.each([
    [null, null, NOTHING],
    ['TEXT named_metrics.num_requests_waiting=3', null, { ...NOTHING, waiting: 3 }],
    ['TEXT cpu_utilization=0.2, named_metrics.num_requests_waiting=12.0', null, { ...NOTHING, waiting: 12 }],
    ['TEXT named_metrics.kv_cache_utilization=0.5', null, NOTHING],
    ['TEXT named_metrics.num_requests_waiting=-1', null, NOTHING],
    [`TEXT named_metrics.num_requests_waiting=${'9'.repeat(50)}`, null, NOTHING],
    ['JSON {"named_metrics": {"num_requests_waiting": 3}}', null, NOTHING],
    [null, 'queue;dur=3.5, inference;dur=40', { ...NOTHING, queueMs: 3.5, inferenceMs: 40 }],
    [null, 'total;dur=9,inference;dur=4;desc="a"', { ...NOTHING, inferenceMs: 4 }],
    [null, 'queue;dur=abc', NOTHING],
  ])('%j with times %j is read as %j', (metrics, timing, expected) => {
    expect(report(metrics, timing)).toEqual(expected);
  });
});
