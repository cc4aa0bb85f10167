import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Backend, BackendCall } from '../backends/backend.ts';
import type { GeneratedSequence } from '../backends/inference-response.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { chooseReplies } from './choose-replies.ts';
import { type Conversation, type ConversationCodec, conversationCodec } from './encoding.ts';
import { packConversation } from './packing.ts';

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
  /** "length" where the reply was ended because it had become as long as it may. */
  finishReason: 'stop' | 'length';
}

export interface Replies {
  /** Best first, as many as `num_return_sequences`. */
  replies: Reply[];
  promptTokens: number;
  /** Oldest turns that the model was not given: it reads so much and no more. */
  droppedTurns: number;
  /** The newest turn was too long for the model, which was given only its end. */
  truncated: boolean;
}

/**
 * What the model says to a conversation.
 * @throws {ApiError} the backend's errors
 */
export async function generateReplies(
  { model, backend }: { model: ServedModel; backend: Backend },
  request: { conversation: Conversation; parameters: GenerationParameters; call: BackendCall },
): Promise<Replies> {
  const { parameters } = request;
  const { tokenizer, config } = model;
  const codec = conversationCodec(tokenizer, config.tokens.eos);
  const packed = packConversation(request.conversation, { ...codec, maxPositions: config.maxPositions });
  const [sequences] = await backend.generate({ rows: [packed.ids], parameters }, request.call);
  const candidates = sequences!.map((sequence) => readReply(sequence, codec, parameters));
  return {
    replies: chooseReplies(candidates, { count: parameters.num_return_sequences }),
    promptTokens: packed.ids.length,
    droppedTurns: packed.droppedTurns,
    truncated: packed.truncated,
  };
}

function readReply(
  { ids }: GeneratedSequence,
  codec: ConversationCodec,
  { max_length }: GenerationParameters,
): Reply {
  // `max_length` counts the start token, which a sequence is without. A reply whose end was forced there
  // looks like one that happened to end there.
  const full = ids.length >= max_length - 1;
  return { text: codec.read(ids), ids, finishReason: full ? 'length' : 'stop' };
}
