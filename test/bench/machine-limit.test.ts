import { describe, expect, it } from 'vitest';
import type { BlenderbotConfig } from '../../gpu-backend/compiler/architecture/blenderbot-config.ts';
import { limitSeconds, stepWork } from './machine-limit.ts';

const shape: BlenderbotConfig = {
  vocab_size: 100,
  max_position_embeddings: 128,
  d_model: 10,
  encoder_layers: 1,
  encoder_attention_heads: 2,
  encoder_ffn_dim: 40,
  decoder_layers: 2,
  decoder_attention_heads: 2,
  decoder_ffn_dim: 40,
  activation_function: 'gelu',
  scale_embedding: true,
  tie_word_embeddings: true,
};
const point = { rows: 1, beams: 1, input: 8, output: 2 };
// Two layers of 6 · 10² + 2 · 10 · 40 weights, and 100 · 10 for the output.
const DECODER_WEIGHTS = 3800;

describe('the limit of the machine', () => {
  it('counts what a step reads: weights in their precision, keys and values in float32', () => {
    const cache = 2 * 10 * 2 * (3 + 8) * 4;
    expect(stepWork(shape, point, 'fp32', 3).bytes).toBe(4 * DECODER_WEIGHTS + cache);
    expect(stepWork(shape, point, 'int4', 3).bytes).toBe(DECODER_WEIGHTS / 2 + cache);
  });

  it('shares the weights between sequences, and the context between the beams of a row', () => {
    const cache = 2 * 10 * 2 * 4;
    const { bytes, multiplyAdds } = stepWork(shape, { ...point, rows: 2, beams: 5 }, 'fp32', 3);
    expect(bytes).toBe(4 * DECODER_WEIGHTS + cache * (10 * 3 + 2 * 8));
    expect(multiplyAdds).toBe(10 * (DECODER_WEIGHTS + 2 * 10 * 2 * (3 + 8)));
  });

  it('is set by memory or by arithmetic, whichever takes longer', () => {
    const endless = Number.POSITIVE_INFINITY;
    // The encoder's layer, and keys and values of two decoder layers.
    const encoderWeights = 4 * 100 + 2 * 400 + 2 * 200;
    const { bytes } = stepWork(shape, point, 'fp32', 1);
    const slowMemory = { bandwidth: 10, float32: endless, int8: endless };
    expect(limitSeconds(shape, point, 'fp32', slowMemory)).toBeCloseTo((4 * encoderWeights + bytes) / 10, 6);

    const slowProducts = { bandwidth: endless, float32: endless, int8: 10 };
    const { multiplyAdds } = stepWork(shape, point, 'int8', 1);
    const encoder = 8 * (encoderWeights + 2 * 10 * 8);
    expect(limitSeconds(shape, point, 'int8', slowProducts)).toBeCloseTo((encoder + multiplyAdds) / 10, 6);
    expect(limitSeconds(shape, point, 'fp32', slowProducts)).toBe(0);
  });
});
