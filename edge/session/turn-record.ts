import type { GenerationPlan } from '../openai/parameters.ts';
import type { SafetyFlags } from '../safety/safety-flags.ts';
import type { Message } from './session.ts';

/** A reply as the public API gives it, and gives it again to a request that is repeated. */
export interface MessageAnswer {
  object: 'session.message';
  id: string;
  session_id: string;
  status: 'completed';
  role: 'assistant';
  content: string;
  /** That gave it. */
  model: string;
  created_at: number;
  finish_reason: 'stop' | 'length' | 'content_filter';
  dropped_turns: number;
  truncated: boolean;
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  /** Whether the session has it; false where the session's storage was away. */
  stored: boolean;
}

/** A turn that has been answered: a person's message and its reply, and what is said about them. */
export interface AnsweredTurn {
  exchange: [Message, Message];
  answer: MessageAnswer;
  /** The model that the session is on from now on; a worker of before there could be two does not say. */
  model?: string;
  /** What the word filter found. */
  flags: SafetyFlags;
}

/** What is needed to answer a turn when its request is long over. */
export interface TurnWork {
  content: string;
  plan: GenerationPlan;
  /** How long answering it may take, before it is another's turn. */
  leaseMs: number;
  requestId: string;
  /** Whether the word filter looks at it. */
  safety: boolean;
  /** Whose quotas it counts for; null for nobody's. */
  keyId: string | null;
  /** What was taken from them for it. */
  reservedTokens: number;
  /** Who is told of the answer, or that there is none; null for nobody. */
  callbackUrl: string | null;
}

/** Why a turn that nobody waits for has no answer: the code and sentence of the public error. */
export interface TurnFailure {
  code: string;
  message: string;
}

/**
 * What an object remembers of a turn, besides the history: of one with an idempotency key, and of one that is answered
 * after its request.
 */
export type TurnRecord = {
  /** The reply's. */
  id: string;
  fingerprint: string;
  /** Milliseconds since 1970, as `expiresAt`. */
  acceptedAt: number;
  expiresAt: number;
} & (
  | { status: 'queued'; work: TurnWork }
  | { status: 'completed'; answer: MessageAnswer }
  | { status: 'failed'; failure: TurnFailure }
);

/** How long an idempotency key is remembered, and a turn's answer beside the history. */
export const RECORD_TTL_MS = 86_400_000;

/** What all records have, of a turn that is accepted now. */
export function newRecord({ id, fingerprint }: { id: string; fingerprint: string }, now: number) {
  return { id, fingerprint, acceptedAt: now, expiresAt: now + RECORD_TTL_MS };
}
