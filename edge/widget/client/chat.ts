/** What a conversation is, to whoever shows it. Every change makes a new state; nothing in one ever changes. */

export interface ChatState {
  /** Oldest first. */
  messages: readonly ChatMessage[];
  /** `waiting`: messages are there to be sent, and something has to come first: a connection, or the time to send again. */
  phase: 'idle' | 'replying' | 'waiting';
  online: boolean;
  /** Null until the first message has made a session. */
  sessionId: string | null;
}

export interface ChatMessage {
  id: string;
  role: 'user' | 'assistant';
  content: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  status: MessageStatus;
  /** Of one that failed; of one that is queued because the edge has asked for patience. */
  error?: ChatError;
  /** Of a person's message of this page: the edge takes it once, however often it is sent. */
  idempotencyKey?: string;
}

/**
 * A person's message is `queued`, `sending`, then `done` (its reply is there), `failed` or `stopped`. A reply is `streaming`, then
 * `done`.
 */
export type MessageStatus = 'queued' | 'sending' | 'streaming' | 'done' | 'failed' | 'stopped';

export interface ChatError {
  /** The edge's own (`rate_limit_exceeded`, …), or `network` or `invalid_answer`. */
  code: string;
  /** A sentence in English. */
  message: string;
  /** When it may be sent again, in milliseconds since 1970. */
  retryAt?: number;
}
