import { CheckpointError } from './checkpoint-error.ts';
import type { TensorSource } from './tensor-source.ts';

/** The same tensors, refused as they are read where one holds NaN or an infinity: every reply would be made of it. */
export function refuseNonFinite(source: TensorSource): TensorSource {
  return {
    ...source,
    async read(name) {
      const values = await source.read(name);
      if (!areFinite(values)) {
        const index = values.findIndex((value) => !Number.isFinite(value));
        throw new CheckpointError(
          source.description,
          `tensor ${name} holds ${values[index]} (element ${index})`,
        );
      }
      return values;
    },
  };
}

function areFinite(values: Float32Array): boolean {
  // 0 · x is 0 for a number and NaN for the others. One sum is several times as fast as a question an element.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  return sum === 0;
}
