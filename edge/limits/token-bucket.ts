import type { Quota } from './key-limits.ts';

/**
 * A token bucket: full at first, refilled evenly, `limit` in `windowSeconds`. Within any window at most twice the
 * limit passes, the limit at once and the limit over the window. Below zero it owes what was used past its end.
 */
export interface Bucket {
  level: number;
  /** When the level was that, milliseconds since 1970. */
  atMs: number;
}

/** What a bucket holds now; one that nothing was taken from is full. */
export function levelAt(quota: Quota, bucket: Bucket | undefined, nowMs: number): number {
  if (bucket === undefined) return quota.limit;
  // A clock may be set back.
  const elapsedMs = Math.max(nowMs - bucket.atMs, 0);
  return Math.min(bucket.level + elapsedMs * perMs(quota), quota.limit);
}

/** A bucket after something was taken, or, by a negative amount, given back: never more than it holds. */
export function take(
  quota: Quota,
  bucket: Bucket | undefined,
  { amount, nowMs }: { amount: number; nowMs: number },
): Bucket {
  const level = Math.min(levelAt(quota, bucket, nowMs) - amount, quota.limit);
  return { level, atMs: Math.max(nowMs, bucket?.atMs ?? 0) };
}

/** How long until a bucket at `level` holds `amount`; infinite for more than it ever holds. */
export function waitMs(quota: Quota, level: number, amount: number): number {
  if (amount > quota.limit) return Number.POSITIVE_INFINITY;
  return Math.max((amount - level) / perMs(quota), 0);
}

function perMs({ limit, windowSeconds }: Quota): number {
  return limit / (windowSeconds * 1_000);
}
