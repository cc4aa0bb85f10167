import { TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';
import type { Datatype, InferenceRequest } from '../../../shared/inference-protocol.ts';
import type { ModelConfig } from '../../../shared/model-config.ts';

/** A model with small numbers, so that its limits are easy to pass. */
export const MODEL: ModelConfig = {
  modelType: 'blenderbot',
  vocabSize: 100,
  maxPositions: 16,
  tokens: { pad: 0, bos: 1, eos: 2, decoderStart: 1 },
  recommendedGeneration: {
    ...TRANSFORMERS_DEFAULTS,
    num_beams: 4,
    num_return_sequences: 2,
    max_length: 12,
    length_penalty: 0.65,
    forced_eos_token_id: 2,
  },
};

export const LIMITS = { maxBatchSize: 4, maxNumBeams: 8 };

/** A request of JSON tensors; `data` may be what the protocol does not allow. */
export type LooseTensor = { name: string; datatype: string; shape: number[]; data: unknown };

export function tensor(
  name: string,
  data: unknown,
  shape?: number[],
  datatype: Datatype = 'INT64',
): LooseTensor {
  return { name, datatype, shape: shape ?? [(data as unknown[]).length], data };
}

export function inputIds(rows: number[][] = [[5, 6, 2]]): LooseTensor {
  return tensor('input_ids', rows.flat(), [rows.length, rows[0]?.length ?? 0]);
}

export function requestOf(inputs: LooseTensor[], rest: Omit<InferenceRequest, 'inputs'> = {}) {
  return { inputs, ...rest };
}
