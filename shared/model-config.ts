import * as z from 'zod';
import {
  type GenerationParameters,
  InvalidParameterError,
  refuseUnfitParameters,
  resolveGenerationParameters,
  TRANSFORMERS_DEFAULTS,
} from './generation-parameters.ts';

/** The families of checkpoints, by config.json's `model_type`. */
export const MODEL_TYPES = ['blenderbot', 'blenderbot-small'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

/** The ids that a checkpoint gives a meaning of their own. */
export interface SpecialTokens {
  pad: number;
  bos: number;
  eos: number;
  decoderStart: number;
}

/** What both tiers need to know of a checkpoint, from its config.json and generation_config.json. */
export interface ModelConfig {
  modelType: ModelType;
  vocabSize: number;
  /** Most tokens that the model can read, and write (start token included). */
  maxPositions: number;
  tokens: SpecialTokens;
  /** The generation that the checkpoint asks for, completed with transformers' defaults. */
  recommendedGeneration: GenerationParameters;
}

/** A config.json or generation_config.json that cannot be what its name says. */
export class ModelConfigError extends Error {
  override readonly name = 'ModelConfigError';
  readonly file: 'config.json' | 'generation_config.json';

  constructor(file: ModelConfigError['file'], message: string) {
    super(message);
    this.file = file;
  }
}

type Values = Record<string, unknown>;

// What transformers' configuration classes say where a config.json is silent (the 3B's old one is).
const FAMILY_DEFAULTS: Record<ModelType, Values> = {
  blenderbot: {
    vocab_size: 8008,
    max_position_embeddings: 128,
    d_model: 2560,
    encoder_layers: 2,
    encoder_attention_heads: 32,
    encoder_ffn_dim: 10240,
    decoder_layers: 24,
    decoder_attention_heads: 32,
    decoder_ffn_dim: 10240,
    activation_function: 'gelu',
    scale_embedding: false,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 1,
    eos_token_id: 2,
    decoder_start_token_id: 1,
    forced_eos_token_id: 2,
    encoder_no_repeat_ngram_size: 3,
  },
  'blenderbot-small': {
    vocab_size: 50265,
    max_position_embeddings: 512,
    d_model: 512,
    encoder_layers: 8,
    encoder_attention_heads: 16,
    encoder_ffn_dim: 2048,
    decoder_layers: 8,
    decoder_attention_heads: 16,
    decoder_ffn_dim: 2048,
    activation_function: 'gelu',
    scale_embedding: false,
    tie_word_embeddings: true,
    pad_token_id: 0,
    bos_token_id: 1,
    eos_token_id: 2,
    decoder_start_token_id: 1,
    forced_eos_token_id: 2,
  },
};

// Settings that would change every reply and that the graph does not know: the value that changes nothing, if any.
const UNSUPPORTED_SETTINGS: Values = {
  num_beam_groups: 1,
  encoder_repetition_penalty: 1,
  typical_p: 1,
  epsilon_cutoff: 0,
  eta_cutoff: 0,
  renormalize_logits: false,
  penalty_alpha: null,
  guidance_scale: null,
  begin_suppress_tokens: null,
  exponential_decay_length_penalty: null,
  forced_bos_token_id: null,
  max_new_tokens: null,
  min_new_tokens: null,
  sequence_bias: null,
  suppress_tokens: null,
};

const modelTypeSchema = z.object({
  model_type: z.enum(MODEL_TYPES, {
    error: ({ input }) => `${JSON.stringify(input)} is not supported (supported: ${MODEL_TYPES.join(', ')})`,
  }),
});
const sizeSchema = z.object({ vocab_size: z.int().min(1), max_position_embeddings: z.int().min(2) });

/**
 * @param config config.json, parsed
 * @param generationConfig generation_config.json, parsed; older checkpoints have none and keep its values in config.json
 * @throws {ModelConfigError} for a family, a size, a token or a setting that cannot be served
 */
export function parseModelConfig(config: unknown, generationConfig: unknown = {}): ModelConfig {
  const network = layeredConfig(config);
  const { vocab_size: vocabSize, max_position_embeddings: maxPositions } = parse(sizeSchema, network, {});
  const generation = withoutNull(parse(z.looseObject({}), generationConfig, generationConfig));
  const merged = { ...network, ...generation };
  refuseUnsupported(merged, generation);

  const token = z
    .int()
    .min(0)
    .max(vocabSize - 1);
  const tokens = parse(
    z.object({
      pad_token_id: token,
      bos_token_id: token,
      eos_token_id: token,
      decoder_start_token_id: token,
    }),
    merged,
    generation,
  );
  parse(z.object({ forced_eos_token_id: token.optional() }), merged, generation);
  return {
    modelType: parse(modelTypeSchema, network, {}).model_type,
    vocabSize,
    maxPositions,
    tokens: {
      pad: tokens.pad_token_id,
      bos: tokens.bos_token_id,
      eos: tokens.eos_token_id,
      decoderStart: tokens.decoder_start_token_id,
    },
    recommendedGeneration: recommendedGeneration(merged, generation, { vocabSize, maxPositions }),
  };
}

/**
 * config.json with what its family's configuration class adds where it is silent.
 * @throws {ModelConfigError} for a family that is not known
 */
export function layeredConfig(config: unknown): Values {
  const { model_type } = parse(modelTypeSchema, config, {});
  return { ...FAMILY_DEFAULTS[model_type], ...withoutNull(config as Values) };
}

function recommendedGeneration(
  merged: Values,
  generation: Values,
  { vocabSize, maxPositions }: Pick<ModelConfig, 'vocabSize' | 'maxPositions'>,
): GenerationParameters {
  const named = Object.keys(TRANSFORMERS_DEFAULTS).filter((name) => merged[name] !== undefined);
  try {
    const requested = Object.fromEntries(named.map((name) => [name, merged[name]]));
    const complete = resolveGenerationParameters(requested, TRANSFORMERS_DEFAULTS);
    const max_length = Math.min(complete.max_length, maxPositions);
    const recommended = { ...complete, max_length, min_length: Math.min(complete.min_length, max_length) };
    refuseUnfitParameters(recommended, { vocabSize, maxPositions });
    return recommended;
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    throw new ModelConfigError(fileOf(error.parameter, generation), error.message);
  }
}

function refuseUnsupported(merged: Values, generation: Values): void {
  for (const [name, neutral] of Object.entries(UNSUPPORTED_SETTINGS)) {
    if (merged[name] === undefined || merged[name] === neutral) continue;
    throw new ModelConfigError(
      fileOf(name, generation),
      `${name} is not supported; take it out to build without it`,
    );
  }
}

/** `generation` holds the values that stand in generation_config.json: what is wrong with one is that file's fault. */
function parse<T extends z.ZodType>(schema: T, values: unknown, generation: unknown): z.infer<T> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.');
  const isWhole = field === '' && values === generation;
  const file = isWhole ? 'generation_config.json' : fileOf(field, generation);
  throw new ModelConfigError(file, field === '' ? issue.message : `${field} ${issue.message}`);
}

function fileOf(field: string, generation: unknown): ModelConfigError['file'] {
  const isThere = Object.hasOwn(Object(generation), field);
  return isThere ? 'generation_config.json' : 'config.json';
}

function withoutNull(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}
