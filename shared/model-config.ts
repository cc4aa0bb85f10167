import * as z from 'zod';
import { type GenerationParameters, TRANSFORMERS_DEFAULTS } from './generation-parameters.ts';

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

// What transformers' configuration classes say where an old config.json is silent (the 3B's is).
const FAMILY_DEFAULTS: Record<ModelType, Record<string, unknown>> = {
  blenderbot: {
    max_position_embeddings: 128,
    decoder_start_token_id: 1,
    forced_eos_token_id: 2,
    encoder_no_repeat_ngram_size: 3,
  },
  'blenderbot-small': {
    max_position_embeddings: 512,
    decoder_start_token_id: 1,
    forced_eos_token_id: 2,
  },
};

const tokenId = z.int().min(0);
const modelTypeSchema = z.object({
  model_type: z.enum(MODEL_TYPES, {
    error: ({ input }) => `${JSON.stringify(input)} is not supported (supported: ${MODEL_TYPES.join(', ')})`,
  }),
});
const configSchema = z.object({
  vocab_size: z.int().min(1),
  max_position_embeddings: z.int().min(2),
  pad_token_id: tokenId.default(0),
  bos_token_id: tokenId.default(1),
  eos_token_id: tokenId.default(2),
  decoder_start_token_id: tokenId.default(1),
});

/**
 * @param config config.json, parsed
 * @param generationConfig generation_config.json, parsed; older checkpoints have none and keep its values in config.json
 * @throws {z.ZodError} where a field is missing or of the wrong kind
 */
export function parseModelConfig(config: unknown, generationConfig: unknown = {}): ModelConfig {
  const { model_type: modelType } = modelTypeSchema.parse(config);
  const layered = { ...FAMILY_DEFAULTS[modelType], ...withoutNull(z.looseObject({}).parse(config)) };
  const parsed = configSchema.parse(layered);
  const generation = {
    ...layered,
    ...withoutNull(z.record(z.string(), z.unknown()).parse(generationConfig)),
  };
  return {
    modelType,
    vocabSize: parsed.vocab_size,
    maxPositions: parsed.max_position_embeddings,
    tokens: {
      pad: parsed.pad_token_id,
      bos: parsed.bos_token_id,
      eos: parsed.eos_token_id,
      decoderStart: parsed.decoder_start_token_id,
    },
    recommendedGeneration: recommended(generation, parsed.max_position_embeddings),
  };
}

function recommended(values: Record<string, unknown>, maxPositions: number): GenerationParameters {
  const known = Object.keys(TRANSFORMERS_DEFAULTS) as (keyof GenerationParameters)[];
  const named = known.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]);
  const complete = { ...TRANSFORMERS_DEFAULTS, ...Object.fromEntries(named) } as GenerationParameters;
  return { ...complete, max_length: Math.min(complete.max_length, maxPositions) };
}

function withoutNull(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}
