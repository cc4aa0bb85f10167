import * as z from 'zod';
import { layeredConfig } from '../../../shared/model-config.ts';
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
  tie_word_embeddings: z.literal(true, 'only tied embeddings are known'),
});

/** The fields of config.json that shape the network, by transformers' names. */
export type BlenderbotConfig = z.infer<typeof schema>;

/** @throws {CheckpointError} where a field cannot be */
export function parseBlenderbotConfig(rawConfig: object): BlenderbotConfig {
  const parsed = schema.safeParse(layeredConfig(rawConfig));
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
