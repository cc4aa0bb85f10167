/** An attempt that would have less than this is not made. */
export const SHORTEST_ATTEMPT_MS = 50;

/** The longest that anybody may ask for; it only keeps sums from overflowing. */
const MOST_SECONDS = 86_400;

/**
 * How long the client waits, in milliseconds, where it says so: by `Prefer: wait=SECONDS` (RFC 7240) or as OpenAI's SDKs
 * do, by `x-stainless-timeout` in seconds. null where it says nothing that makes sense.
 * @param header a header of its request, by the name in small letters
 */
export function clientTimeoutMs(header: (name: string) => string | undefined): number | null {
  const stated = [
    /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(header('prefer') ?? '')?.[1],
    /^\s*(\d{1,9}(?:\.\d{1,9})?)\s*$/.exec(header('x-stainless-timeout') ?? '')?.[1],
  ];
  const seconds = stated
    .filter((text) => text !== undefined)
    .map(Number)
    .filter((value) => value > 0);
  return seconds.length === 0 ? null : Math.min(...seconds, MOST_SECONDS) * 1_000;
}

/**
 * How long one attempt may take, in whole milliseconds, of `leftMs` until the deadline. Half, where another backend can
 * still be asked: one that hangs must leave time for it.
 */
export function attemptTimeoutMs(leftMs: number, { mayRetry }: { mayRetry: boolean }): number {
  return Math.max(1, Math.floor(mayRetry ? leftMs / 2 : leftMs));
}

/**
 * Whether an attempt that took too long had as much time as a backend may expect: a client may wait for less than that.
 * @param usualMs what most calls have, all attempts together
 */
export function wasGivenFairTime(attemptMs: number, usualMs: number): boolean {
  return attemptMs >= usualMs / 3;
}
