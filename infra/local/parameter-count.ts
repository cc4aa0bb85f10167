import type { Manifest } from '../../gpu-backend/compiler/manifest.ts';

/**
 * How many numbers a BlenderBot of this shape has learnt, the embedding counted once. Both families have as many: what one
 * normalises at the end of each stack, the other normalises at its beginning.
 */
export function parameterCount({ shape }: Pick<Manifest, 'shape'>): number | undefined {
  const size = (name: string) => shape[name] ?? Number.NaN;
  const d = size('d_model');
  const linear = (inputs: number, outputs: number) => inputs * outputs + outputs;
  const attention = 4 * linear(d, d);
  const norm = 2 * d;
  const feedForward = (ffn: number) => linear(d, ffn) + linear(ffn, d);
  const encoderLayer = attention + feedForward(size('encoder_ffn_dim')) + 2 * norm;
  const decoderLayer = 2 * attention + feedForward(size('decoder_ffn_dim')) + 3 * norm;
  const count =
    (size('vocab_size') + 2 * size('max_position_embeddings')) * d +
    size('encoder_layers') * encoderLayer +
    size('decoder_layers') * decoderLayer +
    2 * norm;
  return Number.isNaN(count) ? undefined : count;
}
