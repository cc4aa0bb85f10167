import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Backend, BackendCall } from '../backends/backend.ts';
import type { Sequence } from '../backends/inference-response.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type Conversation, type ConversationCodec, conversationCodec } from './encoding.ts';
import { packConversation } from './packing.ts';

/** The model as the public knows it, with what is needed to speak to it. */
export interface ServedModel {
  name: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
}

interface Reply {
  text: string;
  /** "length" where the reply was ended because it had become as long as it may. */
  finishReason: 'stop' | 'length';
  /** The end token counted. */
  tokens: number;
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
  return {
    replies: sequences!.map((sequence) => readReply(sequence, codec, parameters)),
    promptTokens: packed.ids.length,
    droppedTurns: packed.droppedTurns,
    truncated: packed.truncated,
  };
}

function readReply(sequence: Sequence, codec: ConversationCodec, parameters: GenerationParameters): Reply {
  // `max_length` counts the start token, which a sequence is without. A reply whose end was forced there
  // looks like one that happened to end there.
  const full = sequence.length >= parameters.max_length - 1;
  return {
    text: codec.read(sequence),
    finishReason: full ? 'length' : 'stop',
    tokens: sequence.length,
  };
}
