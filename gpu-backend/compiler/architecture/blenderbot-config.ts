import * as z from 'zod';
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';

const count = z.int().min(1);

const schema = z.object({
  vocab_size: count,
  max_position_embeddings: count,
  d_model: count,
  encoder_layers: count,
  encoder_attention_heads: count,
  encoder_ffn_dim: count,
  decoder_layers: count,
  decoder_attention_heads: count,
  decoder_ffn_dim: count,
  activation_function: z.literal('gelu', 'only gelu is known'),
  scale_embedding: z.boolean(),
});

/** The fields of config.json that shape the network, by transformers' names. */
export type BlenderbotConfig = z.infer<typeof schema>;

/** What transformers' BlenderbotConfig says where a config.json is silent. */
export const BLENDERBOT_DEFAULTS: BlenderbotConfig = {
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
};

/** What transformers' BlenderbotSmallConfig says where a config.json is silent. */
export const BLENDERBOT_SMALL_DEFAULTS: BlenderbotConfig = {
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
};

/** @throws {CheckpointError} where a field cannot be */
export function parseBlenderbotConfig(rawConfig: object, defaults: BlenderbotConfig): BlenderbotConfig {
  const parsed = schema.safeParse({ ...defaults, ...rawConfig });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new CheckpointError('config.json', `${issue.path.join('.')}: ${issue.message}`);
  }
  const config = parsed.data;
  for (const heads of [config.encoder_attention_heads, config.decoder_attention_heads]) {
    if (config.d_model % heads !== 0) {
      throw new CheckpointError(
        'config.json',
        `d_model ${config.d_model} cannot be split into ${heads} heads`,
      );
    }
  }
  return config;
}
