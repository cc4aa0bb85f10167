import { describe, expect, it } from 'vitest';
import { type Outcome, quickestAfter, summarize } from '../../../infra/load/outcomes.ts';
import { quantile } from '../../../infra/load/quantile.ts';

const outcome = (intendedAtMs: number, latencyMs: number, status = 200): Outcome => ({
  intendedAtMs,
  sentAtMs: intendedAtMs + 1,
  endedAtMs: intendedAtMs + latencyMs,
  status,
});
const span = { fromMs: 1000, toMs: 3000, deadlineMs: 500 };

describe('the figures of a load', () => {
  it('leave out what warmed up', () => {
    const figures = summarize([outcome(0, 10), outcome(1500, 20), outcome(2500, 40)], span);
    expect(figures).toMatchObject({ requests: 2, offered: 1, throughput: 1, goodput: 1, latenessMs: 1 });
    expect(figures.latencyMs).toEqual({ p50: 20, p90: 40, p99: 40 });
  });

  it('count latency from the moment when a request was to be sent', () => {
    const late = { intendedAtMs: 1000, sentAtMs: 1900, endedAtMs: 2000, status: 200 };
    expect(summarize([late], span)).toMatchObject({ latencyMs: { p50: 1000 }, latenessMs: 900, goodput: 0 });
  });

  it('count an answer where it ended, and its latency though it ended after the span', () => {
    const figures = summarize([outcome(900, 200), outcome(2900, 400)], span);
    expect(figures).toMatchObject({ throughput: 0.5, latencyMs: { p50: 400 } });
  });

  it('tell answers after the deadline and refusals apart from good ones', () => {
    const figures = summarize(
      [outcome(1000, 100), outcome(1000, 501), outcome(1000, 1, 503), outcome(1000, 1, 503)],
      span,
    );
    expect(figures).toMatchObject({ throughput: 1, goodput: 0.5, refused: { 503: 2 } });
  });

  it('have no latency where nothing was answered', () => {
    expect(summarize([outcome(1000, 1, 503)], span)).not.toHaveProperty('latencyMs');
    expect(summarize([], span)).toMatchObject({ requests: 0, throughput: 0, latenessMs: 0 });
  });
});

describe('the quickest after a moment', () => {
  it('is the least latency of those answered with 200 then or later', () => {
    const outcomes = [outcome(0, 5), outcome(0, 40), outcome(5, 30), outcome(20, 1, 503)];
    expect(quickestAfter(outcomes, 20)).toBe(30);
    expect(quickestAfter(outcomes, 41)).toBeUndefined();
  });
});

describe('a quantile', () => {
  it('is the value that the share of all do not exceed', () => {
    expect([0, 0.01, 0.5, 0.51, 0.99, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([
      1, 1, 2, 3, 4, 4,
    ]);
  });
});
