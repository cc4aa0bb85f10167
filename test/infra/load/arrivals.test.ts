import { describe, expect, it } from 'vitest';
import { ARRIVALS, arrivals } from '../../../infra/load/arrivals.ts';

describe('arrivals', () => {
  it('come at even distances where they are constant', () => {
    expect(arrivals('constant', { perSecond: 4, seconds: 1, seed: 1 })).toEqual([250, 500, 750]);
  });

  it.each(ARRIVALS)('ascend, end in time and have the rate that was asked for: %s', (kind) => {
    const times = arrivals(kind, { perSecond: 50, seconds: 100, seed: 1 });
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(100_000);
    expect(times.length / 100).toBeGreaterThan(48);
    expect(times.length / 100).toBeLessThan(52);
  });

  it('are as irregular as a Poisson process: gaps deviate by as much as their mean', () => {
    const times = arrivals('poisson', { perSecond: 100, seconds: 100, seed: 3 });
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeCloseTo(1, 1);
  });

  it('repeat with their seed and differ with another', () => {
    const of = (seed: number) => arrivals('poisson', { perSecond: 5, seconds: 10, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
});
