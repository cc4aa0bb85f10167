import { flagList } from '../safety/safety-flags.ts';
import {
  createEvent,
  type EventType,
  type Publication,
  type WebhookEvent,
} from '../webhooks/outbound/events.ts';
import type { Commit } from './session-calls.ts';
import type { TurnFailure } from './turn-record.ts';

/** Whose an event is, and when. */
export interface Occasion {
  sessionId: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** For whoever subscribed to it. */
export function sessionEvent(type: 'session.created' | 'session.expired', occasion: Occasion): Publication {
  return publication(type, occasion);
}

/** What there is to tell of a turn that was kept: to those who subscribed, and to whom it names itself. */
export function turnEvents(
  { answer, flags, callbackUrl }: Commit,
  { wanted, ...occasion }: Occasion & { wanted: ReadonlySet<EventType> },
): Publication[] {
  const ids = { message_id: answer.id };
  const flagged = flagList(flags);
  return [
    ...(wanted.has('message.replied') ? [publication('message.replied', occasion, ids)] : []),
    ...(wanted.has('message.flagged') && flagged.length > 0
      ? [publication('message.flagged', occasion, { ...ids, flagged })]
      : []),
    ...(callbackUrl === null ? [] : [{ ...publication('message.replied', occasion, ids), callbackUrl }]),
  ];
}

/** That a turn has no answer, to whom it names itself: nobody can subscribe to it. */
export function failureEvents(
  { id, failure, callbackUrl }: { id: string; failure: TurnFailure; callbackUrl: string | null },
  occasion: Occasion,
): Publication[] {
  if (callbackUrl === null) return [];
  return [{ ...publication('message.failed', occasion, { message_id: id, error: failure }), callbackUrl }];
}

function publication(
  type: WebhookEvent['type'],
  { sessionId, now }: Occasion,
  more: WebhookEvent['data'] = {},
): Publication {
  return { event: createEvent(type, { session_id: sessionId, ...more }, now), callbackUrl: null };
}
