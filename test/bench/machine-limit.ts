import type { BlenderbotConfig } from '../../gpu-backend/compiler/architecture/blenderbot-config.ts';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import type { Case } from './workload.ts';

/** What the machine can do at best, as measured. */
export interface MachineSpeed {
  /** Memory reads, bytes a second. */
  bandwidth: number;
  /** Multiply-adds a second in products of large matrices. */
  float32: number;
  int8: number;
}

/** What one run has to do at least. */
export interface Work {
  /** Bytes that must come from memory: weights and cached keys and values. */
  bytes: number;
  multiplyAdds: number;
}

// Scales of blocks and columns not counted: a limit is what nothing can pass.
const WEIGHT_BYTES: Record<string, number> = { fp32: 4, fp16: 2, int8: 1, int4: 0.5 };
const INTEGER_PRECISIONS = ['int8', 'int4'];
const CACHE_BYTES = 4;

/**
 * Seconds below which no run can be: every step reads the decoder's weights and the cache once, or multiplies by them
 * at the machine's peak, whichever takes longer; the encoder likewise.
 */
export function limitSeconds(
  shape: BlenderbotConfig,
  point: Case,
  precision: Precision,
  machine: MachineSpeed,
): number {
  const peak = INTEGER_PRECISIONS.includes(precision) ? machine.int8 : machine.float32;
  const seconds = ({ bytes, multiplyAdds }: Work) => Math.max(bytes / machine.bandwidth, multiplyAdds / peak);
  const steps = Array.from({ length: point.output - 1 }, (_, past) =>
    stepWork(shape, point, precision, past + 1),
  );
  return [encoderWork(shape, point, precision), ...steps].reduce((sum, work) => sum + seconds(work), 0);
}

/** One step of the decoder over all beams, with `past` tokens to attend to, the new one among them. */
export function stepWork(
  shape: BlenderbotConfig,
  { rows, beams, input }: Case,
  precision: Precision,
  past: number,
): Work {
  const { d_model: d, decoder_ffn_dim: ffn, decoder_layers: decoderLayers, vocab_size: vocabulary } = shape;
  // Per layer: four projections of self-attention, two of cross-attention, two of the feed-forward network.
  const weights = decoderLayers * (6 * d * d + 2 * d * ffn) + vocabulary * d;
  const sequences = rows * beams;
  // A row's beams share its encoder's keys and values.
  const cached = 2 * d * decoderLayers * (sequences * past + rows * input);
  return {
    bytes: weights * WEIGHT_BYTES[precision]! + cached * CACHE_BYTES,
    multiplyAdds: sequences * (weights + 2 * d * decoderLayers * (past + input)),
  };
}

/** The encoder, and the keys and values that the decoder's layers make of it. */
function encoderWork(shape: BlenderbotConfig, { rows, input }: Case, precision: Precision): Work {
  const {
    d_model: d,
    encoder_ffn_dim: ffn,
    encoder_layers: encoderLayers,
    decoder_layers: decoderLayers,
  } = shape;
  const weights = encoderLayers * (4 * d * d + 2 * d * ffn) + decoderLayers * 2 * d * d;
  return {
    bytes: weights * WEIGHT_BYTES[precision]!,
    multiplyAdds: rows * input * (weights + 2 * d * encoderLayers * input),
  };
}
