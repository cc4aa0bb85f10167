import { keepNewest, type Message, type Session } from './session.ts';

/** What a person thinks of a reply. */
export interface Feedback {
  rating: 'up' | 'down';
  /** In their own words. */
  comment?: string | undefined;
  /** Seconds since 1970. */
  createdAt: number;
}

export type Rated =
  | { outcome: 'missing' }
  | { outcome: 'not_a_reply' }
  | {
      outcome: 'kept';
      /** The reply with its feedback. */
      message: Message & { feedback: Feedback };
      /** How it was rated before; null where it was not. */
      before: Feedback['rating'] | null;
      /** The same object where nothing changed. */
      session: Session;
    };

/**
 * A session with feedback to one of its replies, in the place of what was said of it before; its expiry moved on. Comments
 * count to what a session may hold: the oldest exchanges may go.
 */
export function rateReply(session: Session, messageId: string, feedback: Feedback): Rated {
  const message = session.messages.find(({ id }) => id === messageId);
  if (message === undefined) return { outcome: 'missing' };
  if (message.role !== 'assistant') return { outcome: 'not_a_reply' };
  const { feedback: earlier } = message;
  const before = earlier?.rating ?? null;
  if (earlier !== undefined && before === feedback.rating && earlier.comment === feedback.comment)
    return { outcome: 'kept', message: { ...message, feedback: earlier }, before, session };
  const rated = { ...message, feedback };
  const messages = keepNewest(session.messages.map((one) => (one === message ? rated : one)));
  const expiresAt = feedback.createdAt + session.ttlSeconds;
  const changed = { ...session, messages, expiresAt, revision: session.revision + 1 };
  return { outcome: 'kept', message: rated, before, session: changed };
}
