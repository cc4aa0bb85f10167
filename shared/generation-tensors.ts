import type { GenerationParameters } from './generation-parameters.ts';
import type { TensorMetadata } from './inference-protocol.ts';

/**
 * The tensors of the generation graph. Every one has the batch as its first dimension, so that any engine that
 * speaks the protocol can put rows of several requests into one batch.
 *
 * Inputs: `input_ids` and `attention_mask` [batch, source length], right-padded, and one [batch] tensor for each
 * generation parameter. `num_beams` is the same in all rows of a batch.
 * Outputs, best sequence first, without the start token: `sequences` [batch, num_beams, length], padded with the pad
 * token; `lengths` [batch, num_beams], the end token counted; `scores` [batch, num_beams], the sum of
 * log-probabilities divided by length^length_penalty (0 where one beam searched greedily).
 */

/** Generation parameters that are inputs of the graph, in its order. `num_return_sequences` only cuts the answer. */
export const PARAMETER_INPUTS = {
  num_beams: 'INT64',
  min_length: 'INT64',
  max_length: 'INT64',
  length_penalty: 'FP32',
  early_stopping: 'INT64',
  no_repeat_ngram_size: 'INT64',
  encoder_no_repeat_ngram_size: 'INT64',
  repetition_penalty: 'FP32',
  forced_eos_token_id: 'INT64',
} as const satisfies Partial<Record<keyof GenerationParameters, 'INT64' | 'FP32'>>;

export type ParameterInput = keyof typeof PARAMETER_INPUTS;
export const PARAMETER_INPUT_NAMES = Object.keys(PARAMETER_INPUTS) as ParameterInput[];

export const GENERATION_INPUTS: TensorMetadata[] = [
  { name: 'input_ids', datatype: 'INT64', shape: [-1, -1] },
  { name: 'attention_mask', datatype: 'INT64', shape: [-1, -1] },
  ...PARAMETER_INPUT_NAMES.map((name) => ({ name, datatype: PARAMETER_INPUTS[name], shape: [-1] })),
];

export const GENERATION_OUTPUTS: TensorMetadata[] = [
  { name: 'sequences', datatype: 'INT64', shape: [-1, -1, -1] },
  { name: 'lengths', datatype: 'INT64', shape: [-1, -1] },
  { name: 'scores', datatype: 'FP32', shape: [-1, -1] },
];

// Tensors hold numbers only: these are the numbers for the values that are none.
const EARLY_STOPPING = [false, true, 'never'] as const;
const NO_FORCED_TOKEN = -1;

/** A parameter as the number that stands for it in its tensor. */
export function parameterToNumber(parameters: GenerationParameters, name: ParameterInput): number {
  if (name === 'early_stopping') return EARLY_STOPPING.indexOf(parameters.early_stopping);
  if (name === 'forced_eos_token_id') return parameters.forced_eos_token_id ?? NO_FORCED_TOKEN;
  return parameters[name];
}

/** The reverse of `parameterToNumber`. A number without a meaning comes back as it is, for the schema to refuse. */
export function parameterFromNumber(name: ParameterInput, value: number): unknown {
  if (name === 'early_stopping') return EARLY_STOPPING[value] ?? value;
  if (name === 'forced_eos_token_id') return value === NO_FORCED_TOKEN ? null : value;
  return value;
}

/** Rows of one batch as right-padded [rows, longest] tensors, flattened. */
export function padRows(rows: number[][], padToken: number) {
  const length = Math.max(...rows.map((row) => row.length));
  const pad = (row: number[], value: number) => new Array<number>(length - row.length).fill(value);
  return {
    shape: [rows.length, length],
    inputIds: rows.flatMap((row) => [...row, ...pad(row, padToken)]),
    attentionMask: rows.flatMap((row) => [...row.map(() => 1), ...pad(row, 0)]),
  };
}
