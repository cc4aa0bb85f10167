/** What a conversation is to whoever shows it. Every change makes a new state; nothing in one ever changes. */
export interface ChatState {
  /** Oldest first. */
  messages: readonly ChatMessage[];
  /** `waiting`: there is something to send, and something has to come first: a connection, or the time to send again. */
  phase: 'idle' | 'replying' | 'waiting';
  online: boolean;
  /** Null until the first message has made a session. */
  sessionId: string | null;
}

export interface ChatMessage {
  /** The edge's, or for a message of this page its idempotency key. */
  id: string;
  role: 'user' | 'assistant';
  content: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  status: MessageStatus;
  /** Why it failed; of one that is queued, what it waits for. */
  error?: ChatError;
  /** The edge answers a message once, however often it is sent with the same key. */
  idempotencyKey?: string;
}

/**
 * A person's message is `queued`, `sending`, and `done` once its reply is there; or `failed`, or `stopped`, until it is sent again.
 * A reply is `streaming`, then `done`.
 */
export type MessageStatus = 'queued' | 'sending' | 'streaming' | 'done' | 'failed' | 'stopped';

export interface ChatError {
  /** The edge's own (`rate_limit_exceeded`, …), or `network`, `stopped`, `reset`. */
  code: string;
  /** A sentence in English. */
  message: string;
  /** When it is worth sending again, in milliseconds since 1970. */
  retryAt?: number;
}

/** What made a state of the one before. */
export type ChatChange =
  /** A message of the person was taken. One that is sent again is none. */
  | { type: 'message'; message: ChatMessage }
  /** Some of a reply has come, or a message is in another status: that it is sent again, for one. */
  | { type: 'progress' }
  /** A reply is complete. */
  | { type: 'reply'; message: ChatMessage }
  /** What was said before, or in another tab, was read. */
  | { type: 'history' }
  /** A message has failed, or the history could not be read. */
  | { type: 'error'; error: ChatError }
  /** The session had expired or was erased: the next message begins a new one. */
  | { type: 'expired' }
  /** A new conversation was asked for, here or in another tab. */
  | { type: 'reset' };
