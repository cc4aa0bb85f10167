import * as z from 'zod';
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';

const count = z.int().min(1);

// Defaults are those of transformers' BlenderbotConfig, for fields that a config.json leaves out.
const schema = z.object({
  vocab_size: count.default(8008),
  max_position_embeddings: count.default(128),
  d_model: count.default(2560),
  encoder_layers: count.default(2),
  encoder_attention_heads: count.default(32),
  encoder_ffn_dim: count.default(10240),
  decoder_layers: count.default(24),
  decoder_attention_heads: count.default(32),
  decoder_ffn_dim: count.default(10240),
  activation_function: z.literal('gelu', 'only gelu is known').default('gelu'),
  scale_embedding: z.boolean().default(false),
});

/** The fields of config.json that shape the network, by transformers' names. */
export type BlenderbotConfig = z.infer<typeof schema>;

/** @throws {CheckpointError} where a field cannot be */
export function parseBlenderbotConfig(rawConfig: unknown): BlenderbotConfig {
  const parsed = schema.safeParse(rawConfig);
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
