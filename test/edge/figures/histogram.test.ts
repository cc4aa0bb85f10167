import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addHistogram,
  addTime,
  cumulative,
  type Histogram,
  quantile,
} from '../../../edge/figures/histogram.ts';

const of = (...times: number[]) => {
  const histogram: Histogram = {};
  for (const ms of times) addTime(histogram, ms);
  return histogram;
};

const times = fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('a histogram', () => {
  it('tells every quantile to ±9.1 %', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, part) => {
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(part * all.length) - 1]!;
        const ratio = quantile(of(...all), part)! / exact;
        expect(ratio).toBeGreaterThan(1 / 1.0906);
        expect(ratio).toBeLessThan(1.0906);
      }),
    );
  });

  it('adds up to that of all times', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const sum = of(...one);
        addHistogram(sum, of(...other));
        expect(sum).toEqual(of(...one, ...other));
      }),
    );
  });

  it('counts what took no time as a millisecond', () => {
    expect(of(0, 0.5, 1)).toEqual(of(1, 1, 1));
    expect(Object.values(of(0, 0.5, 1))).toEqual([3]);
  });

  it('tells exactly how many took up to five seconds, and to each other bound', () => {
    fc.assert(
      fc.property(times, (all) => {
        const { buckets, count, sum } = cumulative(of(...all, 5_000, 5_001, 2_500));
        expect(buckets.map(({ le }) => le)).toContain(5);
        for (const { le, count: upTo } of buckets)
          expect(upTo).toBe([...all, 5_000, 5_001, 2_500].filter((ms) => ms <= le * 1_000).length);
        expect(count).toBe(all.length + 3);
        const exact = (all.reduce((one, other) => one + other, 0) + 12_501) / 1_000;
        expect(Math.abs(sum / exact - 1)).toBeLessThan(0.0906);
      }),
    );
  });

  it('has no quantile where nothing was timed', () => {
    expect(quantile({}, 0.5)).toBe(null);
  });
});
