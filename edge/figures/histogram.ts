/**
 * How often a time was about so long: counts by the power of 2^(1/4) above which it lies. Times of a second and of a
 * millisecond are told to the same part, ±9 %, and histograms of many isolates add up, which percentiles do not.
 * Source: the logarithmic buckets of DDSketch (arXiv 1908.10693).
 */
export type Histogram = Record<number, number>;

const BUCKETS_PER_OCTAVE = 4;
/** What is shorter is as good as this: the clock of a worker stands still while it computes. */
const SHORTEST_MS = 1;

export function addTime(histogram: Histogram, ms: number): void {
  const bucket = Math.floor(Math.log2(Math.max(ms, SHORTEST_MS)) * BUCKETS_PER_OCTAVE);
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
    if (passed >= rank) return 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE);
  }
  return null;
}
