import { type AppDependencies, nowSeconds } from '../dependencies.ts';
import type { Conversation } from '../conversation/encoding.ts';
import { type ModelCall, packForModel, replyTo } from '../conversation/reply.ts';
import { joinTurns } from '../conversation/turns.ts';
import type { GenerationPlan } from '../openai/parameters.ts';
import { usage } from '../openai/usage.ts';
import { bothFlags, NO_FLAGS } from '../safety/safety-flags.ts';
import { createMessageId, type Message, type Session } from './session.ts';
import type { AnsweredTurn } from './turn-record.ts';

interface TurnToAnswer {
  sessionId: string;
  /** For the reply. */
  replyId: string;
  /** What the person says, cleaned. */
  content: string;
  conversation: Conversation;
  /** Replies that the session has had. */
  alreadySaid: string[];
  plan: GenerationPlan;
  call: ModelCall;
}

/**
 * What the model says in a session. Nothing is kept here.
 * @throws {ApiError} the backend's errors
 */
export async function answerTurn(
  dependencies: Pick<AppDependencies, 'model' | 'backend' | 'now'>,
  turn: TurnToAnswer,
): Promise<AnsweredTurn> {
  const { sessionId, replyId, content, conversation, alreadySaid, plan, call } = turn;
  const saidAt = nowSeconds(dependencies);
  const startedAt = dependencies.now();
  const packed = packForModel(dependencies.model, conversation);
  call.observe({ tokenizeMs: dependencies.now() - startedAt });
  let flags = NO_FLAGS;
  const observe: ModelCall['observe'] = (happened) => {
    if (happened.safety !== undefined) flags = bothFlags(flags, happened.safety);
    call.observe(happened);
  };
  const wishes = { said: content, alreadySaid, ...plan, call: { ...call, observe } };
  const [best] = await replyTo(dependencies, { promptIds: packed.ids, ...wishes });
  const { text, ids, finishReason } = best!;
  const question: Message = { id: createMessageId(), role: 'user', content, createdAt: saidAt };
  const reply: Message = {
    id: replyId,
    role: 'assistant',
    content: text,
    ids,
    createdAt: nowSeconds(dependencies),
  };
  return {
    exchange: [question, reply],
    flags,
    answer: {
      object: 'session.message',
      id: replyId,
      session_id: sessionId,
      status: 'completed',
      role: 'assistant',
      content: text,
      created_at: reply.createdAt,
      finish_reason: finishReason,
      dropped_turns: packed.droppedTurns,
      truncated: packed.truncated,
      usage: usage([best!], packed.ids.length),
      stored: true,
    },
  };
}

/** What was said in a session and what is said now, as the model reads it; and what it is not to say again. */
export function goingOn(
  { persona, messages }: Session,
  content: string,
): Pick<TurnToAnswer, 'content' | 'conversation' | 'alreadySaid'> {
  const replies = messages.filter(({ role }) => role === 'assistant');
  return {
    content,
    conversation: { persona, turns: joinTurns([...messages, { role: 'user', content }]) },
    alreadySaid: replies.map((reply) => reply.content),
  };
}
