import type { ModelCall } from '../conversation/reply.ts';
import type { AppDependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import type { Opener } from '../keys/caller.ts';
import type { Transcript } from '../openai/messages.ts';
import type { GenerationPlan } from '../openai/parameters.ts';
import { type AnswerDependencies, answerTurn, goingOn } from './answer-turn.ts';
import { createMessageId, type Session } from './session.ts';
import type { Admission } from './session-calls.ts';
import type { RemoteSession } from './sessions.ts';
import type { AnsweredTurn, MessageAnswer } from './turn-record.ts';

/** What somebody says in a session and how it is to be answered. */
export interface Said {
  sessionId: string;
  opener: Opener;
  /** Cleaned. */
  content: string;
  plan: GenerationPlan;
  /** By the idempotency key; null without one. */
  named: { name: string; fingerprint: string } | null;
  /** How long the turn may take, and how long its client waits for it to start. */
  leaseMs: number;
  patienceMs: number;
}

type TurnDependencies = AnswerDependencies & Pick<AppDependencies, 'sessions'>;

interface TurnOptions {
  call: ModelCall;
  /**
   * What the client says was said so far: where the session cannot be reached, the answer goes on from there, and is
   * not kept.
   */
  transcript: Transcript | null;
  /** Told how long the session's object took, the wait for the turn included, each time that it was asked; in milliseconds. */
  onSessionTime: (ms: number) => void;
}

/** The answer that a turn got, now or when it was asked for first. */
export interface TurnAnswer {
  answer: MessageAnswer;
  replayed: boolean;
}

/**
 * Takes a session's turn: waits for it, answers it, has it kept. What fails is not kept, and the turn is the next one's.
 * @throws {ApiError} session_not_found, session_busy, idempotency_key_reused, turn_superseded, session_store_unavailable, and
 *   the backend's errors
 */
export async function takeTurn(
  dependencies: TurnDependencies,
  said: Said,
  { call, transcript, onSessionTime }: TurnOptions,
): Promise<TurnAnswer> {
  const { sessionId, opener, content, plan, named, leaseMs } = said;
  const patienceMs = Math.min(said.patienceMs, call.timeoutMs ?? said.patienceMs);
  const turnId = createMessageId();
  const turn = { id: turnId, ...(named ?? { name: turnId, fingerprint: '' }), leaseMs, patienceMs };
  const session = <Answer>(ask: (session: RemoteSession) => Promise<Answer>) =>
    timed(dependencies.sessions(sessionId, ask));
  const release = () => session((object) => object.release(turnId)).catch(() => {});
  // A client that has gone gives its place to the next one.
  const leave = () => void release();
  call.signal.addEventListener('abort', leave, { once: true });

  const askedAt = dependencies.now();
  try {
    const admission = await session((object) => object.begin(opener, turn)).catch((error) => {
      // It may have been given the turn all the same.
      leave();
      return awayWith(transcript)(error);
    });
    if (admission === null) {
      const conversation = transcript!;
      const going = { content, conversation, alreadySaid: conversation.replies, on: undefined };
      const { answer } = await reply(going);
      return { answer: { ...answer, stored: false }, replayed: false };
    }
    if (admission.outcome === 'answered') return { answer: admission.answer, replayed: true };
    if (admission.outcome !== 'started') throw refusalError(admission);
    try {
      const answered = await reply(goingOn(admission.session, content));
      return { answer: await keep(answered, admission.session), replayed: false };
    } catch (error) {
      await release();
      throw error;
    }
  } finally {
    call.signal.removeEventListener('abort', leave);
  }

  function reply(going: ReturnType<typeof goingOn>): Promise<AnsweredTurn> {
    // Of the time that the client gives, some went by while the turn was waited for.
    const waitedMs = dependencies.now() - askedAt;
    const timeoutMs = call.timeoutMs === null ? null : Math.max(0, call.timeoutMs - waitedMs);
    const ids = { sessionId, replyId: turnId };
    return answerTurn(dependencies, { ...ids, ...going, plan, call: { ...call, timeoutMs } });
  }

  async function keep(answered: AnsweredTurn, { revision }: Session): Promise<MessageAnswer> {
    const commit = { ...answered, revision, remember: named, callbackUrl: null };
    const outcome = await session((object) => object.commit(turnId, commit)).catch(awayWith(answered));
    if (outcome === 'missing') throw new ApiError('session_not_found');
    if (outcome === 'superseded') throw new ApiError('turn_superseded');
    // A reply that could not be kept is better than none.
    return { ...answered.answer, stored: outcome === 'kept' };
  }

  async function timed<Answer>(asked: Promise<Answer>): Promise<Answer> {
    const startedAt = dependencies.now();
    return asked.finally(() => onSessionTime(dependencies.now() - startedAt));
  }
}

/** Why a session's object did not take a turn, as the public error. */
export function refusalError(refusal: Exclude<Admission, { outcome: 'started' | 'answered' }>): ApiError {
  switch (refusal.outcome) {
    case 'missing':
      return new ApiError('session_not_found');
    case 'name_taken':
      return new ApiError('idempotency_key_reused', { param: 'Idempotency-Key' });
    case 'refused':
      return new ApiError('session_busy', { retryAfterSeconds: refusal.retryAfterSeconds });
  }
}

/** What becomes of a session that cannot be reached: null where there is something else to go on with. */
function awayWith(alternative: object | null): (error: unknown) => null {
  return (error) => {
    const isAway = error instanceof ApiError && error.code === 'session_store_unavailable';
    if (alternative === null || !isAway) throw error;
    return null;
  };
}
