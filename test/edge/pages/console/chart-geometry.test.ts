import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHART_HEIGHT,
  linePath,
  niceMaximum,
  stackBars,
} from '../../../../edge/pages/console/chart-geometry.ts';

describe('the end of a scale', () => {
  it.each([
    [0, 1],
    [1, 1],
    [1.1, 2],
    [2, 2],
    [3, 5],
    [5, 5],
    [7, 10],
    [10, 10],
    [101, 200],
    [4_999, 5_000],
    [1_000_000, 1_000_000],
  ])('for %d is %d', (value, end) => {
    expect(niceMaximum(value)).toBe(end);
  });

  it('is above all values, and less than 2.5 times the largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (value) => {
        expect(niceMaximum(value)).toBeGreaterThanOrEqual(value);
        expect(niceMaximum(value) / value).toBeLessThanOrEqual(2.5);
      }),
    );
  });
});

describe('bars', () => {
  it('stand on each other, and fill the height at the maximum', () => {
    const [low, high] = stackBars(
      [
        [1, 3],
        [3, 1],
      ],
      4,
    );
    expect(low![0]).toEqual({ x: 1, y: 75, width: 298, height: 25 });
    expect(high![0]).toEqual({ x: 1, y: 0, width: 298, height: 75 });
    expect(low![1]).toMatchObject({ x: 301, y: 25, height: 75 });
    expect(high![1]!.y + high![1]!.height).toBe(low![1]!.y);
    expect(low![0]!.y + low![0]!.height).toBe(CHART_HEIGHT);
  });
});

describe('a line', () => {
  it.each<[string, (number | null)[], string]>([
    ['joins what is side by side', [0, 10, 5], 'M100 100L300 0L500 50'],
    ['is interrupted where there is nothing', [10, 10, null, 5, 5], 'M60 0L180 0M420 50L540 50'],
    ['shows a value alone as a stroke', [null, 5, null], 'M200 50H400'],
    ['is nothing for nothing', [null, null], ''],
  ])('%s', (_, values, path) => {
    expect(linePath(values, 10)).toBe(path);
  });
});
