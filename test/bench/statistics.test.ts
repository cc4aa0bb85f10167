import { expect, it } from 'vitest';
import { slope } from './statistics.ts';

it('the slope of a line is found through noise', () => {
  const points = Array.from({ length: 100 }, (_, x) => ({ x, y: 5 + 3 * x + (x % 2 ? 1 : -1) }));
  expect(slope(points)).toBeCloseTo(3, 1);
});
