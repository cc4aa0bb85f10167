import type { Publication } from './events.ts';
import { waitAfterFailure } from './schedule.ts';

/** One event on its way to one address. Times are in milliseconds since 1970. */
export interface Delivery extends Publication {
  status: 'pending' | 'delivered' | 'failed';
  /** Why it failed for good; null for one that has not. */
  failure: DeliveryFailure | null;
  /** The newest of them, oldest first. */
  attempts: Attempt[];
  /** Since it was accepted, or replayed: what the schedule counts. */
  attemptsMade: number;
  /** When it is to be attempted next; or, once it has ended, forgotten. */
  wakeAt: number;
}

/**
 * attempts: the schedule is at its end. gone: the receiver answered 410. disabled: its webhook was. refused: its address is none
 * that webhooks go to. erased: the message that it was to tell is deleted.
 */
export type DeliveryFailure = 'attempts' | 'gone' | 'disabled' | 'refused' | 'erased';

/** What came of asking once. */
export interface Attempt {
  at: number;
  ms: number;
  /** Null where there was no answer. */
  status: number | null;
  /** What the log of attempts says where there was no answer. */
  error: string | null;
  /** The beginning of the answer's body. */
  response: string;
}

export interface Outcome extends Attempt {
  retryAfterSeconds: number | null;
}

/** To look back at. */
const DELIVERED_KEPT_MS = 3 * 86_400_000;
/** Dead letters, to be replayed. */
const FAILED_KEPT_MS = 30 * 86_400_000;
const MAX_ATTEMPTS_KEPT = 20;

/** What an address says when it wants no more, for good. */
const GONE = 410;

export function newDelivery(publication: Publication, now: number): Delivery {
  return { ...publication, status: 'pending', failure: null, attempts: [], attemptsMade: 0, wakeAt: now };
}

/** To be sent anew, with the same id, from the beginning of the schedule. */
export function replayed(delivery: Delivery, now: number): Delivery {
  return { ...delivery, status: 'pending', failure: null, attemptsMade: 0, wakeAt: now };
}

export function failed(delivery: Delivery, failure: DeliveryFailure, now: number): Delivery {
  return { ...delivery, status: 'failed', failure, wakeAt: now + FAILED_KEPT_MS };
}

/** A delivery after an attempt: delivered by any 2xx and by nothing else, a redirect least of all. */
export function afterAttempt(
  delivery: Delivery,
  { retryAfterSeconds, ...attempt }: Outcome,
  { now, random, delaysSeconds }: { now: number; random: number; delaysSeconds: readonly number[] },
): Delivery {
  const attemptsMade = delivery.attemptsMade + 1;
  const attempts = [...delivery.attempts, attempt].slice(-MAX_ATTEMPTS_KEPT);
  const attempted = { ...delivery, attempts, attemptsMade };
  if (isSuccess(attempt)) return { ...attempted, status: 'delivered', wakeAt: now + DELIVERED_KEPT_MS };
  if (attempt.status === GONE) return failed(attempted, 'gone', now);
  const wait = waitAfterFailure({ attempts: attemptsMade, retryAfterSeconds, delaysSeconds, random });
  return wait === null ? failed(attempted, 'attempts', now) : { ...attempted, wakeAt: now + wait };
}

export function isSuccess({ status }: Pick<Attempt, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300;
}

/**
 * Whether a webhook is to be disabled: a delivery has come to the end of its schedule, and in all that time nothing else got
 * through either.
 * @param failingSince when the first attempt failed since the last that did not
 */
export function isGivenUp(
  { failure, attempts, attemptsMade }: Delivery,
  failingSince: number | null,
): boolean {
  const first = attempts.at(-Math.min(attemptsMade, attempts.length));
  return failure === 'attempts' && first !== undefined && failingSince !== null && failingSince <= first.at;
}
