/** What can be subscribed to. */
export const EVENT_TYPES = [
  'message.replied',
  'message.flagged',
  'session.created',
  'session.expired',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Besides: what only a callback tells, and what is sent on demand to try an address. */
export type SentType = EventType | 'message.failed' | 'webhook.test';

/** Something that happened, as it is kept until it is delivered: ids, and not a word of what people said. */
export interface WebhookEvent {
  /** `evt_` and 26 characters. Later ones sort after earlier ones. It is the `webhook-id` of every attempt. */
  id: string;
  type: SentType;
  /** Milliseconds since 1970. */
  at: number;
  data: EventData;
}

/** What the types tell: of messages, sessions, flags, failures, tests. */
interface EventData {
  session_id?: string;
  message_id?: string;
  /** What the word filter flagged. */
  flagged?: string[];
  /** Why there is no reply. */
  error?: { code: string; message: string };
  webhook_id?: string;
}

/** An event for whoever subscribed to it, or for the address of a callback. */
export interface Publication {
  event: WebhookEvent;
  callbackUrl: string | null;
}

// To be raised with every change that a receiver would misread.
const PAYLOAD_VERSION = 1;

// Crockford's, as ULIDs have it: in the order of ASCII.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const ID = new RegExp(`^evt_[${ALPHABET}]{${TIME_CHARACTERS + RANDOM_CHARACTERS}}$`);

/** @param at milliseconds since 1970 */
export function createEvent(type: SentType, data: WebhookEvent['data'], at: number): WebhookEvent {
  return { id: createEventId(at), type, at, data };
}

/** Whether a text could be an event's id. Anything else is not worth a look into the store. */
export function isEventId(text: string): boolean {
  return ID.test(text);
}

/** What is sent of an event. @param more what a callback is told besides */
export function eventBody({ type, at, data }: WebhookEvent, more: object = {}): string {
  const timestamp = new Date(at).toISOString();
  return JSON.stringify({ type, timestamp, version: PAYLOAD_VERSION, data: { ...data, ...more } });
}

/** A ULID (https://github.com/ulid/spec) with our prefix: 48 bits of time, 80 random ones. */
function createEventId(at: number): string {
  const time = Array.from(
    { length: TIME_CHARACTERS },
    (_, index) => ALPHABET[Math.floor(at / 32 ** (TIME_CHARACTERS - 1 - index)) % 32],
  );
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_CHARACTERS));
  return `evt_${time.join('')}${Array.from(random, (byte) => ALPHABET[byte % 32]).join('')}`;
}
