import * as z from 'zod';
import {
  type GenerationParameters,
  InvalidParameterError,
  resolveGenerationParameters,
} from '../../shared/generation-parameters.ts';
import { ApiError } from '../errors.ts';

const tokenCount = z.int().min(1).nullish();

/**
 * How a request says what the reply should be like: OpenAI's names, vLLM's (`min_tokens`, …) and
 * transformers' where the others have none. null is as good as absent.
 */
export const generationFields = {
  n: z.int().min(1).nullish(),
  max_tokens: tokenCount,
  max_completion_tokens: tokenCount,
  min_tokens: z.int().min(0).nullish(),
  length_penalty: z.number().nullish(),
  repetition_penalty: z.number().nullish(),
  early_stopping: z.union([z.boolean(), z.literal('never')]).nullish(),
  num_beams: z.int().min(1).nullish(),
  no_repeat_ngram_size: z.int().nullish(),
  encoder_no_repeat_ngram_size: z.int().nullish(),
};

export type GenerationFields = z.infer<z.ZodObject<typeof generationFields>>;

/** Names of the generation's parameters that the request has under another one. */
const PUBLIC_NAMES: Partial<Record<string, string>> = { num_return_sequences: 'n' };

interface GenerationLimits {
  defaults: GenerationParameters;
  maxPositions: number;
  maxNumBeams: number;
}

/**
 * The generation that a request asks for, completed with the model's own. OpenAI's and vLLM's lengths count
 * new tokens, the end token included for the most and excluded for the least; transformers' count the start
 * token too. A length above what the model can write is lowered to that.
 * @throws {ApiError} invalid_value
 */
export function generationParameters(
  fields: GenerationFields,
  limits: GenerationLimits,
): GenerationParameters {
  const { defaults, maxPositions, maxNumBeams } = limits;
  const maxTokens = mostTokens(fields);
  if (fields.num_beams != null && fields.num_beams > maxNumBeams) {
    throw invalidValue('num_beams', `num_beams (${fields.num_beams}) cannot exceed ${maxNumBeams}.`);
  }
  if (fields.min_tokens != null && maxTokens !== null && fields.min_tokens > maxTokens) {
    throw invalidValue(
      'min_tokens',
      `min_tokens (${fields.min_tokens}) is more than max_tokens (${maxTokens}).`,
    );
  }
  const maxLength = Math.min(maxTokens === null ? defaults.max_length : maxTokens + 1, maxPositions);
  const minLength = fields.min_tokens == null ? defaults.min_length : fields.min_tokens + 1;

  const requested = {
    num_return_sequences: fields.n ?? 1,
    min_length: Math.min(minLength, maxLength),
    max_length: maxLength,
    length_penalty: fields.length_penalty ?? undefined,
    repetition_penalty: fields.repetition_penalty ?? undefined,
    early_stopping: fields.early_stopping ?? undefined,
    num_beams: fields.num_beams ?? undefined,
    no_repeat_ngram_size: fields.no_repeat_ngram_size ?? undefined,
    encoder_no_repeat_ngram_size: fields.encoder_no_repeat_ngram_size ?? undefined,
  };
  try {
    return resolveGenerationParameters(requested, defaults);
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    const name = PUBLIC_NAMES[error.parameter] ?? error.parameter;
    throw invalidValue(name, error.message.replaceAll(error.parameter, name));
  }
}

function mostTokens(fields: GenerationFields): number | null {
  const { max_tokens: old, max_completion_tokens: current } = fields;
  if (old != null && current != null && old !== current) {
    throw invalidValue(
      'max_tokens',
      'max_tokens and max_completion_tokens mean the same and differ: send one.',
    );
  }
  return current ?? old ?? null;
}

function invalidValue(param: string, message: string): ApiError {
  return new ApiError('invalid_value', { param, message });
}
