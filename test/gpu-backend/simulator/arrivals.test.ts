import { describe, expect, it } from 'vitest';
import { ARRIVAL_SHAPES, type ArrivalShape, arrivals } from '../../../gpu-backend/simulator/arrivals.ts';
import { randomNumbers } from '../../../gpu-backend/simulator/simulate.ts';

const HOUR_MS = 3600 * 1000;

/** How many arrive in each stretch of time, until the last of them is over. */
function counts(shape: ArrivalShape, stretches: number, stretchMs: number): number[] {
  const counted = new Array<number>(stretches).fill(0);
  for (const atMs of arrivals({ shape, perSecond: 2, random: randomNumbers(7) })) {
    const stretch = Math.floor(atMs / stretchMs);
    if (stretch >= stretches) return counted;
    counted[stretch]!++;
  }
  return counted;
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

describe('arrivals', () => {
  it.each(ARRIVAL_SHAPES)('come at the rate that they have on average: %s', (shape) => {
    expect(sum(counts(shape, 24, HOUR_MS)) / (24 * 3600)).toBeCloseTo(2, 0.5);
  });

  it('vary over a day from its quietest hours to its busiest', () => {
    const hours = counts('day', 24, HOUR_MS);
    expect(hours[12]! / hours[0]!).toBeGreaterThan(10);
    expect(hours[12]! / 7200).toBeCloseTo(1.9, 1);
  });

  it('vary within a minute where they come in bursts, and hardly where they do not', () => {
    const spread = (shape: ArrivalShape) => {
      const stretches = counts(shape, 1000, 10_000);
      const mean = sum(stretches) / stretches.length;
      return sum(stretches.map((count) => (count - mean) ** 2)) / stretches.length / mean;
    };
    // Poisson counts vary as much as their mean.
    expect(spread('poisson')).toBeCloseTo(1, 0.5);
    expect(spread('bursts')).toBeGreaterThan(5);
  });
});
