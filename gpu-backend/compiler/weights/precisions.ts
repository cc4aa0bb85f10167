import type { TensorSource } from '../checkpoint/tensor-source.ts';
import type { Precision } from '../manifest.ts';
import type { ExternalDataFile } from '../onnx/external-data.ts';
import { Float32Weights } from './float32-weights.ts';
import { Int4Weights } from './int4-weights.ts';
import { Int8Weights } from './int8-weights.ts';
import type { Weights } from './weights.ts';

const IMPLEMENTATIONS: Record<Precision, new (source: TensorSource, file: ExternalDataFile) => Weights> = {
  fp32: Float32Weights,
  int8: Int8Weights,
  int4: Int4Weights,
};

/** A checkpoint's weights at a precision, their bytes to be written to `file`. */
export function createWeights(precision: Precision, source: TensorSource, file: ExternalDataFile): Weights {
  return new IMPLEMENTATIONS[precision](source, file);
}
