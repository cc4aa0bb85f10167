import type { GenerationParameters } from './generation-parameters.ts';
import type { TensorMetadata } from './inference-protocol.ts';

/**
 * The tensors of the generation graph. Every one has the batch as its first dimension, so that any engine that
 * speaks the protocol can put rows of several requests into one batch, and at least one more, which Triton's batching asks for.
 *
 * Inputs: `input_ids` and `attention_mask` [batch, source length], right-padded; one [batch, 1] tensor for each generation
 * parameter that is a number; lists, padded with −1 on the right, [batch, n] or [batch, n, tokens]; and `uniforms` [batch, width,
 * steps], the random numbers in [0, 1) by hypothesis and step, of no size where no row draws. The width is the larger of
 * `num_beams` and `num_return_sequences`, and the same in all rows of a batch.
 * Outputs, best sequence first (samples in the order of their random numbers), without the start token: `sequences` [batch,
 * width, length], padded with the pad token; `lengths` [batch, width], the end token counted; `scores` [batch, width], the sum
 * of log-probabilities divided by length^length_penalty (0 where `num_beams` is 1); `logprobs` [batch, width, length], the model's
 * own log-probability of each token, of length 0 where no row has `output_logprobs`.
 */

/** Generation parameters that are a number for each row, in the graph's order. */
export const PARAMETER_INPUTS = {
  num_beams: 'INT64',
  num_return_sequences: 'INT64',
  do_sample: 'INT64',
  beam_delay: 'INT64',
  min_length: 'INT64',
  max_length: 'INT64',
  length_penalty: 'FP32',
  early_stopping: 'INT64',
  no_repeat_ngram_size: 'INT64',
  encoder_no_repeat_ngram_size: 'INT64',
  repetition_penalty: 'FP32',
  forced_eos_token_id: 'INT64',
  temperature: 'FP32',
  top_k: 'INT64',
  top_p: 'FP32',
  min_p: 'FP32',
  output_logprobs: 'INT64',
} as const satisfies Partial<Record<keyof GenerationParameters, 'INT64' | 'FP32'>>;

export type ParameterInput = keyof typeof PARAMETER_INPUTS;
export const PARAMETER_INPUT_NAMES = Object.keys(PARAMETER_INPUTS) as ParameterInput[];

/** What is a list for each row. `logit_bias` takes two tensors of one shape. */
export const LIST_INPUTS = {
  logit_bias_ids: { datatype: 'INT64', shape: [-1, -1] },
  logit_bias_values: { datatype: 'FP32', shape: [-1, -1] },
  bad_words_ids: { datatype: 'INT64', shape: [-1, -1, -1] },
  stop_sequences: { datatype: 'INT64', shape: [-1, -1, -1] },
  uniforms: { datatype: 'FP32', shape: [-1, -1, -1] },
} as const satisfies Record<string, Pick<TensorMetadata, 'datatype'> & { shape: readonly number[] }>;

export type ListInput = keyof typeof LIST_INPUTS;

/** Fills the places of a list of token ids that it does not need. */
export const NO_TOKEN = -1;

export const GENERATION_INPUTS: TensorMetadata[] = [
  { name: 'input_ids', datatype: 'INT64', shape: [-1, -1] },
  { name: 'attention_mask', datatype: 'INT64', shape: [-1, -1] },
  ...PARAMETER_INPUT_NAMES.map((name) => ({ name, datatype: PARAMETER_INPUTS[name], shape: [-1, 1] })),
  ...Object.entries(LIST_INPUTS).map(([name, { datatype, shape }]) => ({
    name,
    datatype,
    shape: [...shape],
  })),
];

export const GENERATION_OUTPUTS: TensorMetadata[] = [
  { name: 'sequences', datatype: 'INT64', shape: [-1, -1, -1] },
  { name: 'lengths', datatype: 'INT64', shape: [-1, -1] },
  { name: 'scores', datatype: 'FP32', shape: [-1, -1] },
  { name: 'logprobs', datatype: 'FP32', shape: [-1, -1, -1] },
];

// Tensors hold numbers only: these are the numbers for the values that are none.
const EARLY_STOPPING = [false, true, 'never'] as const;
const FLAG = [false, true] as const;

/** A parameter as the number that stands for it in its tensor. */
export function parameterToNumber(parameters: GenerationParameters, name: ParameterInput): number {
  switch (name) {
    case 'early_stopping':
      return EARLY_STOPPING.indexOf(parameters.early_stopping);
    case 'forced_eos_token_id':
      return parameters.forced_eos_token_id ?? NO_TOKEN;
    default:
      return Number(parameters[name]);
  }
}

/** The reverse of `parameterToNumber`. A number without a meaning comes back as it is, for the schema to refuse. */
export function parameterFromNumber(name: ParameterInput, value: number): unknown {
  switch (name) {
    case 'early_stopping':
      return EARLY_STOPPING[value] ?? value;
    case 'do_sample':
    case 'output_logprobs':
      return FLAG[value] ?? value;
    case 'forced_eos_token_id':
      return value === NO_TOKEN ? null : value;
    default:
      return value;
  }
}
