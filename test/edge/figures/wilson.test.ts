import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partDifference, wilsonInterval } from '../../../edge/figures/wilson.ts';

describe('Wilson’s interval', () => {
  // The method's values in Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('is that of the literature for %i of %i', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials)!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
    expect(interval.value).toBe(successes / trials);
  });

  it('is none without trials', () => {
    expect(wilsonInterval(0, 0)).toBe(null);
  });

  const counts = fc
    .integer({ min: 1, max: 1e6 })
    .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

  it('lies within 0 and 1, around what was seen, and mirrors', () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const { value, low, high } = wilsonInterval(successes, trials)!;
        const mirrored = wilsonInterval(trials - successes, trials)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(mirrored.low).toBeCloseTo(1 - high, 9);
      }),
    );
  });

  it('gets narrower with more trials of the same outcome', () => {
    const width = (times: number) => {
      const { low, high } = wilsonInterval(3 * times, 10 * times)!;
      return high - low;
    };
    for (const times of [1, 10, 100]) expect(width(times * 10)).toBeLessThan(width(times));
  });
});

describe('the difference of two parts', () => {
  // Newcombe (1998), "Interval estimation for the difference between independent proportions", table II, method 10.
  it.each([
    [[56, 70], [48, 80], 0.0524, 0.3339],
    [[9, 10], [3, 10], 0.1705, 0.809],
    [[10, 10], [0, 20], 0.6791, 1],
  ])('is that of the literature for %j and %j', ([a, m], [b, n], low, high) => {
    const difference = partDifference(wilsonInterval(a!, m!)!, wilsonInterval(b!, n!)!);
    expect(difference.low).toBeCloseTo(low, 4);
    expect(difference.high).toBeCloseTo(high, 4);
  });
});
