export const ARRIVAL_SHAPES = ['poisson', 'bursts', 'day'] as const;
export type ArrivalShape = (typeof ARRIVAL_SHAPES)[number];

const BURST = { share: 0.2, rate: 3, meanMs: 30_000 };
const QUIET_RATE = (1 - BURST.share * BURST.rate) / (1 - BURST.share);
const DAY_MS = 24 * 3600 * 1000;
// Between the quietest and the busiest hour of a day: a tenth and 1.9 times the mean.
const DAY_SWING = 0.9;

export interface Arrivals {
  shape: ArrivalShape;
  /** On average. */
  perSecond: number;
  /** Uniform in [0, 1). */
  random(): number;
}

/**
 * The moments at which requests arrive, in milliseconds, without end; each independent of the others at a rate that is
 * - `poisson`: always the same;
 * - `bursts`: three times the mean for half a minute or so, a fifth of the time, and half of it in between;
 * - `day`: a sine over 24 hours, from its quietest moment on.
 */
export function* arrivals({ shape, perSecond, random }: Arrivals): Generator<number, never> {
  const rateAt = { poisson: () => 1, day: dayRate, bursts: burstRate(random) }[shape];
  const highest = { poisson: 1, day: 1 + DAY_SWING, bursts: BURST.rate }[shape];
  const meanGapMs = 1000 / (perSecond * highest);
  // Thinning: arrivals at the highest rate, of which as many are let through as the rate of the moment has.
  for (let atMs = 0; ; ) {
    atMs += exponential(meanGapMs, random);
    if (random() * highest < rateAt(atMs)) yield atMs;
  }
}

function dayRate(atMs: number): number {
  return 1 - DAY_SWING * Math.cos((2 * Math.PI * atMs) / DAY_MS);
}

/** Bursts and the quiet between them have lengths of no memory. */
function burstRate(random: () => number): (atMs: number) => number {
  const quietMs = (BURST.meanMs * (1 - BURST.share)) / BURST.share;
  let isBurst = false;
  let endsAtMs = exponential(quietMs, random);
  return (atMs) => {
    while (atMs >= endsAtMs) {
      isBurst = !isBurst;
      endsAtMs += exponential(isBurst ? BURST.meanMs : quietMs, random);
    }
    return isBurst ? BURST.rate : QUIET_RATE;
  };
}

function exponential(mean: number, random: () => number): number {
  return -mean * Math.log(1 - random());
}
