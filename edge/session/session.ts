/** One thing said, by a person or by the model. */
export interface Message {
  role: 'user' | 'assistant';
  content: string;
  /** Seconds since 1970, as OpenAI has it. */
  createdAt: number;
}

/** A conversation that is kept: what was said, and since when and until when. */
export interface Session {
  persona: string[];
  /** Oldest first. A person's message and its reply come together or not at all. */
  messages: Message[];
  createdAt: number;
  expiresAt: number;
}

/**
 * Where sessions live. An implementation may answer from a moment ago: KV does. Where it cannot be reached, all
 * throw session_store_unavailable.
 */
export interface SessionStore {
  /** null for one that was never there, was deleted or has expired. */
  get(id: string): Promise<Session | null>;
  /** Keeps a session until its `expiresAt`. */
  put(id: string, session: Session): Promise<void>;
  delete(id: string): Promise<void>;
}

const ID_BYTES = 16;
const ID = /^sess_[\w-]{22}$/;

/** An id that cannot be guessed: whoever knows it can read the session. 128 random bits, base64url. */
export function createSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  const base64 = btoa(String.fromCharCode(...bytes));
  return `sess_${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Whether a text could be the id of a session. Anything else is not worth a look into the store. */
export function isSessionId(text: string): boolean {
  return ID.test(text);
}

export function createSession(options: { persona: string[]; now: number; ttlSeconds: number }): Session {
  const { persona, now, ttlSeconds } = options;
  return { persona, messages: [], createdAt: now, expiresAt: now + ttlSeconds };
}

// What one KV value holds without being slow to read: far below its 25 MiB, far above what the model can
// read.
export const MAX_MESSAGES = 1_000;
export const MAX_TRANSCRIPT_CHARS = 500_000;

/**
 * A session after an exchange, its expiry moved on. The oldest exchanges go where the transcript has grown
 * too long.
 */
export function addExchange(session: Session, exchange: [Message, Message], ttlSeconds: number): Session {
  const messages = keepNewest([...session.messages, ...exchange]);
  return { ...session, messages, expiresAt: exchange[1].createdAt + ttlSeconds };
}

/** The newest exchanges (two messages each) within both limits; the newest of all stays in any case. */
function keepNewest(messages: Message[]): Message[] {
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
  return messages[start]!.content.length + messages[start + 1]!.content.length;
}
