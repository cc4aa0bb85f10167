import { philox } from '../../shared/uniform-numbers.ts';

export const ARRIVALS = ['poisson', 'constant'] as const;
export type ArrivalKind = (typeof ARRIVALS)[number];

/**
 * When requests are to be sent, in milliseconds from the start, ascending and all before `seconds`. The schedule is fixed
 * beforehand: it does not wait for answers, as people do not wait for each other.
 */
export function arrivals(
  kind: ArrivalKind,
  { perSecond, seconds, seed }: { perSecond: number; seconds: number; seed: number },
): number[] {
  const meanGapMs = 1000 / perSecond;
  const gap =
    kind === 'constant' ? () => meanGapMs : (index: number) => -meanGapMs * Math.log(unit(seed, index));
  const times: number[] = [];
  for (let atMs = gap(0); atMs < 1000 * seconds; atMs += gap(times.length)) times.push(atMs);
  return times;
}

/** A number in (0, 1], the same for the same seed and index. */
function unit(seed: number, index: number): number {
  return (philox([index, 0, 0, 0], [seed, 0])[0] + 1) / 2 ** 32;
}
