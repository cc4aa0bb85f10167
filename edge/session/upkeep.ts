import type { Session } from './session.ts';
import type { TurnRecord } from './turn-record.ts';

/** What an object holds of its session. Times are in milliseconds since 1970. */
export interface Held {
  /** null once it is deleted: what is left keeps a stale copy in KV from coming back. */
  session: Session | null;
  /** The session's own, and one more once it is deleted. */
  revision: number;
  changedAt: number;
  /** When the oldest change was made that KV does not have; null where it has all. */
  unwrittenSince: number | null;
}

export interface UpkeepState {
  held: Held;
  remembered: Iterable<Pick<TurnRecord, 'expiresAt' | 'status'>>;
  /** Writes to KV that failed since the last that did not, and when the last one did. */
  failures: { count: number; lastAt: number };
  /** When what is in the outbox is to be handed over; null where it is empty. */
  untoldAt: number | null;
  /** When somebody is to be told that the session has expired; null for nobody. */
  expiryAt: number | null;
  now: number;
}

interface Upkeep {
  /** KV is to be written now. */
  write: boolean;
  /** All is in KV, and nothing here would be missed. */
  forget: boolean;
  /** When to look again, after this. */
  wakeAt: number;
}

/**
 * A conversation in full flow costs one write to KV in so long. KV would bear one a second; but until it is written the
 * object answers all reads, and nothing waits for it.
 */
export const WRITE_DELAY_MS = 30_000;
/** KV wants a second between two writes of a key; an outage lasts longer. */
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 600_000;
/**
 * How long an object keeps what KV has too. A copy elsewhere may be a minute old or more: after an hour none is, and the
 * next read from KV is the newest state.
 */
export const QUIET_MS = 3_600_000;
/**
 * How soon an object looks again at turns that it has yet to answer. Whose turn it is, is in memory alone, and the alarm that
 * was answering may have been cut off: its place is taken by the next that was set meanwhile.
 */
export const ANSWER_AGAIN_MS = 60_000;
/** Expired records go together, this often. */
const SWEEP_MS = 3_600_000;

/** What an object has to do besides answering, and when. */
export function upkeep({ held, remembered, failures, untoldAt, expiryAt, now }: UpkeepState): Upkeep {
  const writeAt = nextWrite(held, failures);
  const write = writeAt !== null && writeAt <= now;
  const records = [...remembered];
  const expiries = records.map(({ expiresAt }) => expiresAt);
  const forgetAt = Math.max(held.changedAt + QUIET_MS, ...expiries);
  const forget = writeAt === null && untoldAt === null && forgetAt <= now;
  const sweepAt = Math.ceil((Math.min(...expiries) + 1) / SWEEP_MS) * SWEEP_MS;
  const tellAt = Math.min(untoldAt ?? Infinity, expiryAt ?? Infinity);
  const answerAt = records.some(({ status }) => status === 'queued') ? now + ANSWER_AGAIN_MS : Infinity;
  const keepAt = writeAt ?? (untoldAt === null ? forgetAt : Infinity);
  const wakeAt = Math.min(keepAt, sweepAt, tellAt, answerAt);
  return { write, forget, wakeAt };
}

function nextWrite({ session, unwrittenSince }: Held, { count, lastAt }: UpkeepState['failures']) {
  if (unwrittenSince === null) return null;
  if (count > 0) return lastAt + Math.min(FIRST_RETRY_MS * 2 ** (count - 1), LAST_RETRY_MS);
  // What is deleted is to be gone at once.
  return session === null ? unwrittenSince : unwrittenSince + WRITE_DELAY_MS;
}
