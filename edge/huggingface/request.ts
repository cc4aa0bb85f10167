import * as z from 'zod';
import { ApiError } from '../errors.ts';
import { type GenerationFields, generationFields } from '../openai/generation-fields.ts';
import { parseInput } from '../request-body.ts';

const MAX_INPUTS = 8;
const MAX_PAST_TURNS = 500;

const off = z.literal(false).nullish();
const nothing = z.null().optional();
const flag = z.boolean().nullish();
const length = z.int().min(0).nullish();

const neutralParameters = {
  // The text alone is what is returned, as it was written.
  return_text: z.literal(true).nullish(),
  return_tensors: off,
  return_full_text: off,
  clean_up_tokenization_spaces: off,
  details: off,
  decoder_input_details: off,
  watermark: off,
  truncate: nothing,
  max_time: nothing,
  typical_p: nothing,
  frequency_penalty: z.literal(0).nullish(),
};

const parametersSchema = z.strictObject({
  max_new_tokens: generationFields.max_tokens,
  min_new_tokens: generationFields.min_tokens,
  max_length: z.int().min(2).nullish().describe('As `max_new_tokens`, the start token counted.'),
  min_length: length.describe('As `min_new_tokens`, the start token counted.'),
  num_return_sequences: generationFields.n,
  stop: generationFields.stop,
  best_of: generationFields.best_of,
  do_sample: generationFields.do_sample,
  temperature: generationFields.temperature,
  top_k: generationFields.top_k,
  top_p: generationFields.top_p,
  min_p: generationFields.min_p,
  seed: generationFields.seed,
  num_beams: generationFields.num_beams,
  length_penalty: generationFields.length_penalty,
  early_stopping: generationFields.early_stopping,
  repetition_penalty: generationFields.repetition_penalty,
  no_repeat_ngram_size: generationFields.no_repeat_ngram_size,
  encoder_no_repeat_ngram_size: generationFields.encoder_no_repeat_ngram_size,
  ...neutralParameters,
});

/** The old conversational form: what was said so far, and what is said now. */
const conversationSchema = z.strictObject({
  text: z.string(),
  past_user_inputs: z.array(z.string()).max(MAX_PAST_TURNS).nullish(),
  generated_responses: z.array(z.string()).max(MAX_PAST_TURNS).nullish(),
});

const neutralFields = {
  stream: off,
  // How a shared server is to go about it: this one has its model loaded, and keeps no answers.
  options: z
    .strictObject({ use_cache: flag, wait_for_model: flag, use_gpu: flag, dont_load_model: flag })
    .nullish(),
};

export const huggingFaceSchema = z.strictObject({
  inputs: z
    .union(
      [z.string(), z.array(z.string()).min(1).max(MAX_INPUTS), conversationSchema],
      `must be text, a list of 1 to ${MAX_INPUTS} texts, or a conversation: {"text", "past_user_inputs", "generated_responses"}`,
    )
    .describe('A text or several (text2text-generation), or a conversation.'),
  parameters: parametersSchema.nullish(),
  ...neutralFields,
});

export type HuggingFaceRequest = z.infer<typeof huggingFaceSchema>;
type PastConversation = z.infer<typeof conversationSchema>;

/** @throws {ApiError} */
export function parseHuggingFaceRequest(body: Record<string, unknown>): HuggingFaceRequest {
  // By themselves, so that what is wrong with one is told by its name.
  const { parameters, ...rest } = body;
  if (parameters != null) {
    parseInput(parametersSchema, parameters, { path: ['parameters'], neutral: neutralParameters });
  }
  const parsed = parseInput(huggingFaceSchema, rest, { neutral: neutralFields });
  return { ...parsed, parameters: parameters as HuggingFaceRequest['parameters'] };
}

export function isConversation(inputs: HuggingFaceRequest['inputs']): inputs is PastConversation {
  return typeof inputs === 'object' && !Array.isArray(inputs);
}

/** Hugging Face's names of what OpenAI and vLLM call otherwise. */
const NAMES = {
  n: 'num_return_sequences',
  max_tokens: 'max_new_tokens',
  min_tokens: 'min_new_tokens',
} as const;

/**
 * transformers' parameters by the names that the rest of the edge knows.
 * @throws {ApiError} invalid_value for two lengths that mean the same and differ
 */
export function generationFieldsOf(parameters: HuggingFaceRequest['parameters']): GenerationFields {
  const { max_new_tokens, min_new_tokens, max_length, min_length, num_return_sequences, ...same } =
    parameters ?? {};
  return {
    ...same,
    n: num_return_sequences,
    max_tokens: newTokens(max_new_tokens, max_length, 'max'),
    min_tokens: newTokens(min_new_tokens, min_length, 'min'),
  };
}

function newTokens(
  tokens: number | null | undefined,
  length: number | null | undefined,
  bound: 'max' | 'min',
): number | null {
  const fromLength = length == null ? null : Math.max(length - 1, 0);
  if (tokens == null || fromLength === null) return tokens ?? fromLength;
  if (tokens === fromLength) return tokens;
  const message = `${bound}_new_tokens and ${bound}_length contradict each other: send one.`;
  throw new ApiError('invalid_value', { param: `parameters.${bound}_length`, message });
}

/** An error about a parameter, in Hugging Face's words. */
export function inHuggingFaceWords(error: ApiError): ApiError {
  const words = Object.entries(NAMES);
  const message = words.reduce(
    (text, [name, theirs]) => text.replace(new RegExp(`\\b${name}\\b`, 'g'), theirs),
    error.message,
  );
  const param = words.find(([name]) => name === error.param)?.[1] ?? error.param;
  return new ApiError(error.code, { message, param: `parameters.${param}` });
}
