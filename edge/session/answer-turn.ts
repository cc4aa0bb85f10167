import { type AppDependencies, nowSeconds } from '../dependencies.ts';
import type { Conversation } from '../conversation/encoding.ts';
import { type ModelCall, packForModel, replyTo } from '../conversation/reply.ts';
import { joinTurns } from '../conversation/turns.ts';
import { speakerOf } from '../models/speakers.ts';
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
  /** The model that the session is on, as it has it. */
  on: string | undefined;
  plan: GenerationPlan;
  call: ModelCall;
}

export type AnswerDependencies = Pick<
  AppDependencies,
  'model' | 'backend' | 'candidate' | 'settings' | 'now'
>;

/**
 * What the model says in a session. Nothing is kept here.
 * @throws {ApiError} the backend's errors
 */
export async function answerTurn(
  dependencies: AnswerDependencies,
  turn: TurnToAnswer,
): Promise<AnsweredTurn> {
  const { sessionId, replyId, content, conversation, alreadySaid, on, plan, call } = turn;
  const speaker = speakerOf(dependencies, on);
  if (on !== undefined && on !== speaker.model.name) call.observe({ movedFrom: on });
  const saidAt = nowSeconds(dependencies);
  const startedAt = dependencies.now();
  const packed = packForModel(dependencies.model, conversation);
  call.observe({ tokenizeMs: dependencies.now() - startedAt });
  let flags = NO_FLAGS;
  let spoke = speaker.model.name;
  const observe: ModelCall['observe'] = (happened) => {
    if (happened.reply !== undefined) spoke = happened.reply.model;
    if (happened.safety !== undefined) flags = bothFlags(flags, happened.safety);
    call.observe(happened);
  };
  const told = plan.mayRepeat ? [] : alreadySaid;
  const wishes = { said: content, alreadySaid: told, ...plan, call: { ...call, observe } };
  const [best] = await replyTo(speaker, { promptIds: packed.ids, ...wishes });
  const { text, ids, finishReason } = best!;
  const question: Message = { id: createMessageId(), role: 'user', content, createdAt: saidAt };
  const reply: Message = {
    id: replyId,
    role: 'assistant',
    content: text,
    ids,
    model: spoke,
    createdAt: nowSeconds(dependencies),
  };
  return {
    exchange: [question, reply],
    model: speaker.model.name,
    flags,
    answer: {
      object: 'session.message',
      id: replyId,
      session_id: sessionId,
      status: 'completed',
      role: 'assistant',
      content: text,
      model: spoke,
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
  { persona, messages, model }: Session,
  content: string,
): Pick<TurnToAnswer, 'content' | 'conversation' | 'alreadySaid' | 'on'> {
  const replies = messages.filter(({ role }) => role === 'assistant');
  return {
    content,
    conversation: { persona, turns: joinTurns([...messages, { role: 'user', content }]) },
    alreadySaid: replies.map((reply) => reply.content),
    on: model,
  };
}
