import type { InboundMessage, KeptMessage } from '../channels/channel.ts';

/** A message in its conversation's inbox, until it is answered. Times are in milliseconds since 1970. */
export interface Waiting {
  message: KeptMessage;
  receivedAt: number;
  /** Whether the reply is the response to the message's own request. */
  exchange: boolean;
  /** Null until there is one: then it is to be delivered. */
  reply: string | null;
  /** Of the reply, those that the channel has taken. */
  sentParts: number;
  /** Failures to find the reply, or, once it is there, to deliver it. */
  failures: number;
  notBefore: number;
  /** Whose work the message is, and for how long. */
  lease: { token: string; until: number } | null;
}

/** Why a message could not be answered or a reply not be delivered now. */
export interface Failure {
  /** No sooner than this; null where nobody says when. */
  afterSeconds: number | null;
  sentParts: number;
}

/** How long a message is known once it is dealt with: Meta sends one again for a week. */
export const SEEN_MS = 7 * 86_400_000;

/** Whether a message was said so long ago that it may have been dealt with and forgotten: no channel sends one again so late. */
export function mayBeReplayed({ sentAtMs }: Pick<InboundMessage, 'sentAtMs'>, now: number): boolean {
  return sentAtMs !== undefined && now - sentAtMs > SEEN_MS;
}

/** What waits for longer than this to be taken is looked after without the queue. */
const GUARD_MS = 10_000;

const MAX_ANSWER_FAILURES = 5;
const MAX_DELIVERY_FAILURES = 10;
const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 60_000;
/** Delays are spread by this share to both sides: what failed together is not tried again together. */
const JITTER = 0.25;
/** A reply that comes later than this would surprise. */
const ANSWERABLE_MS = 3_600_000;

/**
 * The message whose turn it is: one that somebody is at, then one that has its reply, and of the others the first in the
 * channel's own order. It is so too while it may not be tried: the others wait behind it.
 */
export function firstInLine(waiting: Iterable<Waiting>): Waiting | null {
  const [first] = [...waiting].sort(byTurn);
  return first ?? null;
}

function byTurn(one: Waiting, other: Waiting): number {
  return (
    Number(one.lease === null) - Number(other.lease === null) ||
    Number(one.reply === null) - Number(other.reply === null) ||
    one.message.sequence - other.message.sequence ||
    one.receivedAt - other.receivedAt ||
    (one.message.id < other.message.id ? -1 : 1)
  );
}

/** Whether somebody may take the message now. */
export function isFree({ lease, notBefore }: Waiting, now: number): boolean {
  return (lease === null || lease.until <= now) && notBefore <= now;
}

/** A message that somebody takes. Who had it before and never said how it went has failed: it may be the message that kills. */
export function taken(waiting: Waiting, lease: NonNullable<Waiting['lease']>): Waiting {
  return { ...waiting, lease, failures: waiting.failures + (waiting.lease === null ? 0 : 1) };
}

/** Whether a message has been tried as often as it may. */
export function isExhausted({ reply, failures }: Waiting): boolean {
  return failures >= (reply === null ? MAX_ANSWER_FAILURES : MAX_DELIVERY_FAILURES);
}

/** When the channel takes no reply to a message any more. */
export function deadline({ message, receivedAt }: Waiting): number {
  return receivedAt + Math.min(message.answerableMs ?? ANSWERABLE_MS, ANSWERABLE_MS);
}

/** A message after a failure, to be tried again later; null where it has been tried often enough, or no time is left. */
export function afterFailure(
  waiting: Waiting,
  { afterSeconds, sentParts }: Failure,
  { now, random }: { now: number; random: number },
): Waiting | null {
  const failures = waiting.failures + 1;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LAST_DELAY_MS);
  const jittered = delay * (1 + JITTER * (2 * random - 1));
  const notBefore = now + Math.ceil(Math.max(jittered, (afterSeconds ?? 0) * 1_000));
  const failed = { ...waiting, failures, sentParts, notBefore, lease: null };
  return isExhausted(failed) || notBefore >= deadline(waiting) ? null : failed;
}

/** When the inbox itself has to look after what waits; null where nothing waits. */
export function wakeAt(waiting: Iterable<Waiting>): number | null {
  const first = firstInLine(waiting);
  if (first === null) return null;
  if (first.lease !== null) return first.lease.until;
  // The queue has been told of what is new; nobody but the inbox knows of what is to be tried again.
  return first.failures > 0 ? first.notBefore : first.receivedAt + GUARD_MS;
}
