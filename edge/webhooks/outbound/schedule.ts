/**
 * When to try again, as the Standard Webhooks suggest: these long after the attempt before, ten attempts within 76 hours.
 * Pure; the settings may say other delays.
 */
export const STANDARD_DELAYS_SECONDS: readonly number[] = [
  0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/** Added at most, so that what failed together does not come back together. */
const JITTER = 0.2;
/** The longest that a receiver's own wish is heard. */
const MAX_RETRY_AFTER_SECONDS = 86_400;

interface Failure {
  /** Attempts that were made, this one too. */
  attempts: number;
  /** What the receiver asked for; null where it said nothing. */
  retryAfterSeconds: number | null;
  delaysSeconds: readonly number[];
  /** From 0 to 1. */
  random: number;
}

/** How long to wait after an attempt that failed, in milliseconds; null where it was the last. Never less than was asked for. */
export function waitAfterFailure({
  attempts,
  retryAfterSeconds,
  delaysSeconds,
  random,
}: Failure): number | null {
  const delay = delaysSeconds[attempts];
  if (delay === undefined) return null;
  return Math.ceil(Math.max(delay, retryAfterSeconds ?? 0) * (1 + JITTER * random) * 1_000);
}

/**
 * `Retry-After`, in seconds from now, a day at most: a number of them, or a date. Null for none and for nonsense.
 * Source: RFC 9110, 10.2.3
 */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER_SECONDS);
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  const at = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return null;
  return Math.min(Math.max(0, Math.ceil((at - nowMs) / 1_000)), MAX_RETRY_AFTER_SECONDS);
}
