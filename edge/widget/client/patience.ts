import type { TandemError } from './tandem-error.ts';

/** Past this a person is not kept waiting for what they cannot see, and is asked instead. */
const LONGEST_WAIT_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_REFUSALS = 5;
const FIRST_PAUSE_MS = 1_000;
/** So that those who were refused together do not come back together. */
const JITTER = 0.2;

/**
 * How long to wait before a message is sent again by itself, in milliseconds; null where it has failed.
 * @param attempt how often it has been sent again before
 * @param random from 0 to 1
 */
export function pauseBefore(failure: TandemError, attempt: number, random: number): number | null {
  const { code, status, retryAfterMs } = failure;
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  // A connection may come back at any time.
  if (code === 'network') return growing * (1 + JITTER * random);
  if (status !== 429 && status !== 503) return null;
  if (attempt >= MOST_REFUSALS) return null;
  const pause = (retryAfterMs ?? growing) * (1 + JITTER * random);
  return pause <= LONGEST_WAIT_MS ? pause : null;
}
