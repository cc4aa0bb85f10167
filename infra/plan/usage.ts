import type { Meter } from './prices.ts';

/** What is asked of Tandem. Shares are of all replies. */
export interface Load {
  /** The mean of a month. */
  repliesPerSecond: number;
  /** How many times the mean is asked for in the busiest time. */
  peak: number;
  turnsPerSession: number;
  secondsBetweenTurns: number;
  /** Replies to messages of channels. */
  channels: number;
  /** Turns that a webhook is told of. */
  webhooks: number;
}

export const MONTH_SECONDS = 30 * 86_400;

/** As `npm run bench:edge` measured it: workerd's whole process, so more than Cloudflare would count. */
const CPU_MS_A_REQUEST = 2;
/** ASSUMPTION: how long an object works on a request. It is billed for 128 MB of memory meanwhile. */
const OBJECT_MS = 5;
const OBJECT_GIGABYTES = 0.128;
/** A session of ten turns, in KV, for the 30 days that it is kept. ASSUMPTION. */
const SESSION_GIGABYTES = 4e-6;
/** KV gets a session's changes so long after the first that it lacks: edge/session/STORAGE.md. */
const WRITE_AFTER_SECONDS = 30;
/** An attempt at a webhook, of one second beside five others: edge/webhooks/STORAGE.md. */
const ATTEMPT_GIGABYTE_SECONDS = OBJECT_GIGABYTES / 6;

/**
 * What a reply takes of each meter: a turn of a session, of a key with quotas, where webhooks can be set up. The figures are those
 * of the tables of edge/session/STORAGE.md, edge/keys/STORAGE.md and edge/webhooks/STORAGE.md.
 */
export function usePerReply(load: Omit<Load, 'repliesPerSecond' | 'peak'>): Record<Meter, number> {
  const { turnsPerSession, secondsBetweenTurns, channels, webhooks } = load;
  const perSession = 1 / turnsPerSession;
  const turnWrites = Math.max(perSession, Math.min(1, secondsBetweenTurns / WRITE_AFTER_SECONDS));
  // Making a session, and a page's trade of its key for a token.
  const requests = 1 + 2 * perSession;
  const objectRequests =
    // begin, commit, reserve, settle, and whom to tell.
    5 +
    // The alarm that writes to KV.
    turnWrites +
    // create and its alarm, reserve, and the alarm that cleans up.
    4 * perSession +
    5 * channels +
    2 * webhooks;
  return {
    requests,
    cpuMs: CPU_MS_A_REQUEST * requests,
    kvWrites: turnWrites + perSession,
    kvGigabytes: SESSION_GIGABYTES * perSession,
    objectRequests,
    rowsWritten: 1 + 3 * turnWrites + 2 + 4 * perSession + 7 * channels + 10 * webhooks,
    gigabyteSeconds:
      (objectRequests * OBJECT_MS * OBJECT_GIGABYTES) / 1_000 + ATTEMPT_GIGABYTE_SECONDS * webhooks,
    queueOperations: 3 * channels,
  };
}
