import { base64Url } from '../base64url.ts';
import type { Feedback } from './feedback.ts';

/** One thing said, by a person or by the model. */
export interface Message {
  /** `msg_` and 22 letters. */
  id: string;
  role: 'user' | 'assistant';
  content: string;
  /** What the model wrote, for a turn that it reads again. A person's message has none. */
  ids?: number[] | undefined;
  /** Of a reply: the model that gave it. Replies of before there could be two have none. */
  model?: string | undefined;
  /** Of a reply: what the person thinks of it, if they said so. */
  feedback?: Feedback | undefined;
  /** Seconds since 1970, as OpenAI has it. */
  createdAt: number;
}

/** A conversation that is kept: what was said, and since when and until when. */
export interface Session {
  /** The key that it was made with, which alone opens it; null in development. */
  keyId: string | null;
  persona: string[];
  /** The client's own notes: nothing here reads them. */
  metadata: Record<string, string>;
  /** The model that it is on; sessions of before there could be two have none, and are on the one that is served. */
  model?: string | undefined;
  /** Oldest first. A person's message and its reply come together or not at all. */
  messages: Message[];
  createdAt: number;
  expiresAt: number;
  /** How long the session is kept after its last message or change. */
  ttlSeconds: number;
  /** Grows with every change. */
  revision: number;
}

/** What a client may choose of a session. */
export type SessionFields = Pick<Session, 'persona' | 'metadata' | 'ttlSeconds'>;

const ID_BYTES = 16;
const SESSION_ID = /^sess_[\w-]{22}$/;

/** An id that cannot be guessed: 128 random bits, base64url. */
export function createSessionId(): string {
  return `sess_${randomName()}`;
}

export function createMessageId(): string {
  return `msg_${randomName()}`;
}

/** Whether a text could be the id of a session. Anything else is not worth a look into the store. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

function randomName(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** @param options.now seconds since 1970, as in all that follows */
export function createSession(
  options: SessionFields & { keyId: string | null; model?: string; now: number },
): Session {
  const { now, ...fields } = options;
  return { ...fields, messages: [], createdAt: now, expiresAt: now + fields.ttlSeconds, revision: 1 };
}

/** A session with some of its fields changed, its expiry moved on. */
export function editSession(session: Session, fields: Partial<SessionFields>, now: number): Session {
  const edited = { ...session, ...fields, revision: session.revision + 1 };
  return { ...edited, expiresAt: now + edited.ttlSeconds };
}

// What one KV value and one row of an object hold without being slow to read: far below 2 MB, far above what the
// model can read.
export const MAX_MESSAGES = 1_000;
export const MAX_TRANSCRIPT_CHARS = 500_000;
/** What a token id takes beside the text, in characters of JSON. */
const CHARS_PER_ID = 5;

/**
 * A session after an exchange, its expiry moved on. The oldest exchanges go where the transcript has grown
 * too long.
 */
export function addExchange(session: Session, exchange: [Message, Message]): Session {
  const messages = keepNewest([...session.messages, ...exchange]);
  const expiresAt = exchange[1].createdAt + session.ttlSeconds;
  return { ...session, messages, expiresAt, revision: session.revision + 1 };
}

/** The newest exchanges (two messages each) within both limits; the newest of all stays in any case. */
export function keepNewest(messages: Message[]): Message[] {
  let start = messages.length - 2;
  let chars = exchangeChars(messages, start);
  while (start >= 2 && messages.length - start + 2 <= MAX_MESSAGES) {
    chars += exchangeChars(messages, start - 2);
    if (chars > MAX_TRANSCRIPT_CHARS) break;
    start -= 2;
  }
  return messages.slice(start);
}

function exchangeChars(messages: Message[], start: number): number {
  return messageChars(messages[start]!) + messageChars(messages[start + 1]!);
}

function messageChars({ content, ids = [], feedback }: Message): number {
  return content.length + (feedback?.comment?.length ?? 0) + ids.length * CHARS_PER_ID;
}
