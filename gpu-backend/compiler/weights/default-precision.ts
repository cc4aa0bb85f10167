import type { TensorInfo } from '../checkpoint/tensor-source.ts';
import type { Precision } from '../manifest.ts';

/** What a model is built for. */
export const TARGETS = ['cpu', 'cuda'] as const;
export type Target = (typeof TARGETS)[number];

/** What each precision costs and gives, in a line. The shares of replies are the embedded model's, see BENCHMARKS.md. */
export const PRECISION_NOTES: Record<Precision, string> = {
  fp32: 'exact; 4 bytes a weight',
  fp16: 'for CUDA; logits and scores in fp32; 2 bytes a weight',
  int8: 'the default on a processor; a few replies in a hundred get other words; 1 byte a weight',
  int4: 'the smallest, fastest for one row; many replies get other words; half a byte a weight',
};

// Below, weights fit into a processor's caches, and rounding activations costs about what smaller weights save.
const SMALL_MODEL_PARAMETERS = 50_000_000;

/** What is right for most people, by target and size. */
export function defaultPrecision(target: Target, tensors: ReadonlyMap<string, TensorInfo>): Precision {
  if (target === 'cuda') return 'fp16';
  let parameters = 0;
  for (const { shape } of tensors.values()) parameters += shape.reduce((product, size) => product * size, 1);
  return parameters < SMALL_MODEL_PARAMETERS ? 'fp32' : 'int8';
}
