import {
  type GenerationParameters,
  InvalidParameterError,
  MAX_SEQUENCE_TOKENS,
  refuseUnfitParameters,
  resolveGenerationParameters,
} from '../../shared/generation-parameters.ts';
import { conversationCodec } from '../conversation/encoding.ts';
import type { ServedModel } from '../conversation/reply.ts';
import { stoppingSequences } from '../conversation/stop.ts';
import { ApiError } from '../errors.ts';
import { spellings } from '../tokenizer/spellings.ts';
import type { GenerationFields } from './generation-fields.ts';
import { wayOfChoosing } from './way-of-choosing.ts';

/** How to generate what a request asks for. */
export interface GenerationPlan {
  parameters: GenerationParameters;
  /** Texts that end a reply. */
  stop: string[];
  /** How many replies to give. */
  count: number;
  /** Whether to tell the log-probability of each token. The backend is also asked for them where samples compete by them. */
  logprobs?: boolean;
  /** Whether a session may be given a reply that it has had, where another beam serves. */
  mayRepeat?: boolean;
}

/** Names of the generation's parameters that the request has under another one. */
const PUBLIC_NAMES: Partial<Record<string, string>> = {
  num_return_sequences: 'n',
  bad_words_ids: 'bad_words',
  stop_sequences: 'stop_token_ids',
};

// Lower ones are refused by the graph, and choose the likeliest token as this one does.
const MIN_TEMPERATURE = 1 / 64;

/**
 * The generation that a request asks for, completed with the model's own. OpenAI's and vLLM's lengths count
 * new tokens, the end token included for the most and excluded for the least; transformers' count the start
 * token too. A length above what the model can write is lowered to that.
 * @param settings.maxNumBeams most sequences side by side, beams or samples
 * @throws {ApiError} invalid_value
 */
export function generationPlan(
  fields: GenerationFields,
  { model, maxNumBeams }: { model: ServedModel; maxNumBeams: number },
): GenerationPlan {
  const { config } = model;
  const defaults = config.recommendedGeneration;
  const choosing = wayOfChoosing(fields, { defaults, maxNumBeams });
  const count = fields.n ?? 1;
  const stop = typeof fields.stop === 'string' ? [fields.stop] : (fields.stop ?? []);
  const texts = stop.map((text) => text.toWellFormed());
  const logprobs = fields.logprobs === true;
  const competes = choosing.do_sample && choosing.num_return_sequences > count;
  const requested = {
    ...choosing,
    ...lengths(fields, { defaults, maxPositions: config.maxPositions }),
    ...drawing(fields),
    seed: fields.seed ?? undefined,
    length_penalty: fields.length_penalty ?? undefined,
    repetition_penalty: fields.repetition_penalty ?? undefined,
    early_stopping: fields.early_stopping ?? undefined,
    no_repeat_ngram_size: fields.no_repeat_ngram_size ?? undefined,
    encoder_no_repeat_ngram_size: fields.encoder_no_repeat_ngram_size ?? undefined,
    logit_bias: (fields.logit_bias as Record<string, number> | null) ?? undefined,
    bad_words_ids: [...defaults.bad_words_ids, ...badWords(fields.bad_words ?? [], model)],
    stop_sequences: [
      ...defaults.stop_sequences,
      ...(fields.stop_token_ids ?? []).map((id) => [id]),
      ...stopSequences(texts, model),
    ],
    output_logprobs: logprobs || competes,
  };
  try {
    const parameters = resolveGenerationParameters(requested, defaults);
    refuseUnfitParameters(parameters, config);
    return { parameters, stop: texts, count, logprobs };
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    const name = PUBLIC_NAMES[error.parameter] ?? error.parameter;
    throw invalidValue(name, error.message.replaceAll(error.parameter, name));
  }
}

function lengths(
  fields: GenerationFields,
  { defaults, maxPositions }: { defaults: GenerationParameters; maxPositions: number },
): Pick<GenerationParameters, 'min_length' | 'max_length'> {
  const maxTokens = mostTokens(fields);
  if (fields.min_tokens != null && maxTokens !== null && fields.min_tokens > maxTokens) {
    throw invalidValue(
      'min_tokens',
      `min_tokens (${fields.min_tokens}) is more than max_tokens (${maxTokens}).`,
    );
  }
  const max_length = Math.min(maxTokens === null ? defaults.max_length : maxTokens + 1, maxPositions);
  if (fields.ignore_eos === true) return { min_length: max_length, max_length };
  const least = fields.min_tokens == null ? defaults.min_length : fields.min_tokens + 1;
  return { min_length: Math.min(least, max_length), max_length };
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

function drawing({ temperature, top_p, top_k, min_p }: GenerationFields) {
  return {
    temperature: temperature ? Math.max(temperature, MIN_TEMPERATURE) : undefined,
    top_p: top_p ?? undefined,
    top_k: top_k == null ? undefined : Math.max(top_k, 0),
    min_p: min_p ?? undefined,
  };
}

function badWords(words: string[], { tokenizer }: ServedModel): number[][] {
  return words.flatMap((word) => {
    const sequences = spellings(tokenizer, word);
    if (sequences.every(({ length }) => length <= MAX_SEQUENCE_TOKENS)) return sequences;
    const message = `bad_words: one of them is more than ${MAX_SEQUENCE_TOKENS} tokens long.`;
    throw invalidValue('bad_words', message);
  });
}

/** A stop text that is too long for the graph is still found in the text. */
function stopSequences(stop: string[], { tokenizer, config }: ServedModel): number[][] {
  const codec = conversationCodec(tokenizer, config.tokens.eos);
  return stop
    .flatMap((text) => stoppingSequences(text, spellings(tokenizer, text), codec))
    .filter(({ length }) => length <= MAX_SEQUENCE_TOKENS);
}

function invalidValue(param: string, message: string): ApiError {
  return new ApiError('invalid_value', { param, message });
}
