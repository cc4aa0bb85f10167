/**
 * How often a time was about so long: counts by the power of 2^(1/4) up to which it lies, in parts of five seconds: so the objective
 * of that name is the bound of a bucket, and exact. Times of a second and of a millisecond are told to the same part, ±9 %, and
 * histograms of many isolates add up, which percentiles do not. Source: the logarithmic buckets of DDSketch (arXiv 1908.10693).
 */
export type Histogram = Record<number, number>;

const UNIT_MS = 5_000;
const BUCKETS_PER_OCTAVE = 4;
/** What is shorter is as good as this: the clock of a worker stands still while it computes. */
const SHORTEST_MS = 1;

export function addTime(histogram: Histogram, ms: number): void {
  const bucket = Math.ceil(Math.log2(Math.max(ms, SHORTEST_MS) / UNIT_MS) * BUCKETS_PER_OCTAVE);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function addHistogram(sum: Histogram, added: Histogram): void {
  for (const [bucket, count] of Object.entries(added)) {
    sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
  }
}

/** The time that a part of all times is not above, in milliseconds: the middle of its bucket. Null for none. */
export function quantile(histogram: Histogram, part: number): number | null {
  const buckets = Object.entries(histogram).map(([bucket, count]) => ({ bucket: Number(bucket), count }));
  buckets.sort((one, other) => one.bucket - other.bucket);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(part * total));
  let passed = 0;
  for (const { bucket, count } of buckets) {
    passed += count;
    if (passed >= rank) return middleMs(bucket);
  }
  return null;
}

/** Bounds of buckets, in octaves from five seconds: from 20 ms to 40 s. */
const BOUNDS_OCTAVES = Array.from({ length: 12 }, (_, index) => index - 8);

/** As Prometheus counts: how many times were up to each bound, and of all how many and how long, in seconds; the sum to 9 %. */
export function cumulative(histogram: Histogram): {
  buckets: { le: number; count: number }[];
  count: number;
  sum: number;
} {
  const entries = Object.entries(histogram).map(([bucket, count]) => ({ bucket: Number(bucket), count }));
  const countOf = (some: typeof entries) => some.reduce((sum, { count }) => sum + count, 0);
  return {
    buckets: BOUNDS_OCTAVES.map((octaves) => ({
      le: (UNIT_MS * 2 ** octaves) / 1_000,
      count: countOf(entries.filter(({ bucket }) => bucket <= octaves * BUCKETS_PER_OCTAVE)),
    })),
    count: countOf(entries),
    sum: entries.reduce((sum, { bucket, count }) => sum + (count * middleMs(bucket)) / 1_000, 0),
  };
}

function middleMs(bucket: number): number {
  return UNIT_MS * 2 ** ((bucket - 0.5) / BUCKETS_PER_OCTAVE);
}
