import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Backend, BackendCall } from '../backends/backend.ts';
import type { GeneratedSequence } from '../backends/inference-response.ts';
import type { Charge } from '../limits/charge.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { usage } from '../openai/usage.ts';
import { cannedReplies } from '../safety/canned-replies.ts';
import { isUnsafe } from '../safety/word-filter.ts';
import { chooseReplies, saidBefore } from './choose-replies.ts';
import { type Conversation, type ConversationCodec, conversationCodec } from './encoding.ts';
import { type PackedConversation, packConversation, readableEnd } from './packing.ts';
import { mostLikelyFirst } from './rank.ts';
import { CONVERSATION_FORMATS } from './format.ts';
import { cutAtStop } from './stop.ts';

/** The model as the public knows it, with what is needed to speak to it. */
export interface ServedModel {
  name: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
}

export interface Reply {
  text: string;
  /** What the model wrote, the end token last where it came to its end. */
  ids: number[];
  /** The model's own log-probability of each id; null where they were not asked for. */
  logprobs: number[] | null;
  /**
   * "length" where the reply was ended because it had become as long as it may, "content_filter" where it stands for one that
   * is not said.
   */
  finishReason: 'stop' | 'length' | 'content_filter';
}

/** A call for whoever pays for it. */
export interface ModelCall extends BackendCall {
  /** Whether the word filter looks at what is said and answered: the key's owner chooses. */
  safety: boolean;
  charge: Charge;
}

export interface ReplyRequest {
  /** What the model reads, its end token included. */
  promptIds: number[];
  parameters: GenerationParameters;
  /** The newest turn in words, for the word filter. */
  said: string;
  /** Replies that the conversation has had: they are given again only where nothing else is left. */
  alreadySaid?: readonly string[];
  /** Texts that end a reply, which is without them. */
  stop?: string[];
  /** How many replies to give; `num_return_sequences` where it is not said. More samples than that compete. */
  count?: number;
  /** Whether replies tell the log-probability of each id, where the parameters ask for them. */
  logprobs?: boolean;
  call: ModelCall;
}

/** A model and what answers with it. */
export interface Speaker {
  model: ServedModel;
  backend: Pick<Backend, 'generate'>;
}

/** As much of a conversation as the model reads. */
export function packForModel(
  { tokenizer, config }: ServedModel,
  conversation: Conversation,
): PackedConversation {
  const codec = conversationCodec(tokenizer, config.tokens.eos);
  return packConversation(conversation, { ...codec, maxPositions: config.maxPositions });
}

/**
 * What the model says to what it reads, best first. A message with a flagged word is answered with a canned sentence that
 * changes the subject: the model agrees too readily with whatever it reads, and whether it did, words alone do not tell.
 * A flagged reply falls to the next best, then to a canned sentence.
 * @throws {ApiError} the backend's errors
 */
export async function replyTo(speaker: Speaker, request: ReplyRequest): Promise<Reply[]> {
  await request.call.charge.expect(mostTokens(request));
  return findReplies(speaker, request);
}

async function findReplies({ model, backend }: Speaker, request: ReplyRequest): Promise<Reply[]> {
  const { promptIds, said, alreadySaid = [], parameters, stop = [], call } = request;
  const { count = parameters.num_return_sequences, logprobs = false } = request;
  const codec = conversationCodec(model.tokenizer, model.config.tokens.eos);
  const isSaid = saidBefore(alreadySaid);
  const canned = (missing: number) =>
    cannedReplies(missing, { turn: promptIds.length, isSaid }).map((text) => readCanned(text, codec));
  // A turn may be joined of many messages, and the filter's time grows with the square of them.
  if (call.safety && isUnsafe(readableEnd(said, model.config.maxPositions))) {
    call.observe({ safety: { message: true, replies: 0 } });
    return canned(count);
  }
  const answered = { model: model.name, meant: model.name, ms: 0 };
  const observe: BackendCall['observe'] = (happened) => {
    answered.model = happened.call?.model ?? answered.model;
    answered.ms += happened.backend?.totalMs ?? 0;
    call.observe(happened);
  };
  const [sequences] = await backend.generate({ rows: [promptIds], parameters }, { ...call, observe });
  const isContest = parameters.do_sample && parameters.num_return_sequences > count;
  const ranked = isContest ? mostLikelyFirst(sequences!) : sequences!;
  const { tidy } = CONVERSATION_FORMATS[model.tokenizer.family];
  const candidates = ranked
    .values()
    .map((sequence) => readReply(sequence, codec, { parameters, stop, logprobs, tidy }));
  const wishes = { count, isSaid, ...(call.safety && { isUnsafe }) };
  const { replies, unsafe } = chooseReplies(candidates, wishes);
  if (unsafe > 0) call.observe({ safety: { message: false, replies: unsafe } });
  const given = [...replies, ...canned(count - replies.length)];
  const { total_tokens: tokens } = usage(given, promptIds.length);
  call.charge.count(tokens);
  call.observe({ tokens, reply: { ...answered, flagged: unsafe > 0 } });
  return given;
}

/**
 * What the model says to each of several prompts. Where one fails, the others are given up.
 * @throws {ApiError} the backend's errors
 */
export async function replyToAll(
  speaker: Speaker,
  prompts: Pick<ReplyRequest, 'promptIds' | 'said'>[],
  request: Omit<ReplyRequest, 'promptIds' | 'said'>,
): Promise<Reply[][]> {
  const requests = prompts.map((prompt) => ({ ...request, ...prompt }));
  await request.call.charge.expect(requests.reduce((sum, each) => sum + mostTokens(each), 0));
  const failure = new AbortController();
  const call = { ...request.call, signal: AbortSignal.any([request.call.signal, failure.signal]) };
  const replies = requests.map((each) => findReplies(speaker, { ...each, call }));
  try {
    return await Promise.all(replies);
  } catch (error) {
    failure.abort();
    throw error;
  }
}

/** Of the prompt and as many replies as are asked for. */
function mostTokens({
  promptIds,
  parameters,
  count = parameters.num_return_sequences,
}: ReplyRequest): number {
  // `max_length` counts the start token, which nobody pays.
  return promptIds.length + count * (parameters.max_length - 1);
}

interface Reading {
  parameters: GenerationParameters;
  stop: string[];
  logprobs: boolean;
  tidy(text: string): string;
}

function readReply(
  sequence: GeneratedSequence,
  codec: ConversationCodec,
  { parameters, stop, logprobs, tidy }: Reading,
): Reply {
  const { ids } = sequence;
  const cut = cutAtStop(ids, { codec, stop });
  // `max_length` counts the start token, which a sequence is without. A reply whose end was forced there
  // looks like one that happened to end there.
  const full = !cut.stopped && ids.length >= parameters.max_length - 1;
  return {
    text: tidy(cut.text),
    ids: cut.ids,
    logprobs: logprobs && sequence.logprobs ? sequence.logprobs.slice(0, cut.ids.length) : null,
    finishReason: full ? 'length' : 'stop',
  };
}

/** A sentence that the model did not write, with the ids that it has when the model reads it. */
function readCanned(text: string, { encode, end }: ConversationCodec): Reply {
  return { text, ids: [...encode(text), ...end], logprobs: null, finishReason: 'content_filter' };
}
