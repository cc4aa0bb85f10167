import type { TensorSource } from '../checkpoint/tensor-source.ts';
import type { Precision } from '../manifest.ts';
import type { ExternalDataFile } from '../onnx/external-data.ts';
import { FloatingWeights } from './floating-weights.ts';
import { Int4Weights } from './int4-weights.ts';
import { Int8Weights } from './int8-weights.ts';
import type { Weights } from './weights.ts';

const MAKERS: Record<Precision, (source: TensorSource, file: ExternalDataFile) => Weights> = {
  fp32: (source, file) => new FloatingWeights(source, file, 'float32'),
  fp16: (source, file) => new FloatingWeights(source, file, 'float16'),
  int8: (source, file) => new Int8Weights(source, file, 'float32'),
  int4: (source, file) => new Int4Weights(source, file, 'float32'),
};

/** A checkpoint's weights at a precision, their bytes to be written to `file`. */
export function createWeights(precision: Precision, source: TensorSource, file: ExternalDataFile): Weights {
  return MAKERS[precision](source, file);
}
