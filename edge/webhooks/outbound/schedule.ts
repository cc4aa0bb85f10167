/**
 * When to try again, as the Standard Webhooks suggest: these long after the attempt before, ten attempts within 76 hours.
 * Pure; the settings may say other delays.
 */
export const STANDARD_DELAYS_SECONDS: readonly number[] = [
  0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/** Added at most, so that what failed together does not come back together. */
const JITTER = 0.2;

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
