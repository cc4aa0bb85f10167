import { type GenerationParameters, searchWidth } from './generation-parameters.ts';
import {
  LIST_INPUTS,
  type ListInput,
  NO_TOKEN,
  PARAMETER_INPUT_NAMES,
  PARAMETER_INPUTS,
  parameterToNumber,
} from './generation-tensors.ts';
import type { Tensor } from './inference-protocol.ts';
import { drawnSteps } from './uniform-numbers.ts';

/** One row of a batch: what to answer, and how. */
export interface GenerationRow {
  /** Token ids, the end token last; at most the model's positions. */
  inputIds: number[];
  parameters: GenerationParameters;
  /** The random numbers that the row draws with, as `uniformNumbers` makes them: [width][steps]. Needed only where it draws. */
  uniforms?: number[][];
}

/** Rows that share one width as the graph's inputs, each padded to the longest of its kind. */
export function batchTensors(rows: GenerationRow[], padToken: number): Tensor[] {
  const { shape, inputIds, attentionMask } = padRows(
    rows.map((row) => row.inputIds),
    padToken,
  );
  return [
    { name: 'input_ids', datatype: 'INT64', shape, data: inputIds },
    { name: 'attention_mask', datatype: 'INT64', shape, data: attentionMask },
    ...PARAMETER_INPUT_NAMES.map((name): Tensor => {
      const data = rows.map(({ parameters }) => parameterToNumber(parameters, name));
      return { name, datatype: PARAMETER_INPUTS[name], shape: [rows.length, 1], data };
    }),
    ...listTensors(rows),
  ];
}

function listTensors(rows: GenerationRow[]): Tensor[] {
  const biases = rows.map(({ parameters }) => Object.entries(parameters.logit_bias));
  const ids = biases.map((entries) => entries.map(([id]) => Number(id)));
  const values = biases.map((entries) => entries.map(([, value]) => value));
  return [
    padLists('logit_bias_ids', ids, NO_TOKEN),
    padLists('logit_bias_values', values, 0),
    padMatrices(
      'bad_words_ids',
      rows.map(({ parameters }) => parameters.bad_words_ids),
      NO_TOKEN,
    ),
    padMatrices(
      'stop_sequences',
      rows.map(({ parameters }) => parameters.stop_sequences),
      NO_TOKEN,
    ),
    padMatrices('uniforms', rows.map(uniformsOf), 0),
  ];
}

function uniformsOf({ parameters, uniforms }: GenerationRow): number[][] {
  const steps = drawnSteps(parameters);
  const numbers = uniforms ?? Array.from({ length: searchWidth(parameters) }, () => []);
  if (numbers.every(({ length }) => length >= steps)) return numbers;
  throw new Error('A row that draws has no random numbers. This is a bug.');
}

/** Rows of one batch as right-padded [rows, longest] tensors, flattened. */
export function padRows(rows: number[][], padToken: number) {
  const length = longest(rows);
  return {
    shape: [rows.length, length],
    inputIds: rows.flatMap((row) => padded(row, length, padToken)),
    attentionMask: rows.flatMap((row) => padded(new Array<number>(row.length).fill(1), length, 0)),
  };
}

function padLists(name: ListInput, lists: number[][], filler: number): Tensor {
  const length = longest(lists);
  const data = lists.flatMap((list) => padded(list, length, filler));
  return { name, datatype: LIST_INPUTS[name].datatype, shape: [lists.length, length], data };
}

function padMatrices(name: ListInput, matrices: number[][][], filler: number): Tensor {
  const height = longest(matrices);
  const length = longest(matrices.flat());
  const empty = new Array<number>(length).fill(filler);
  const data = matrices.flatMap((matrix) =>
    padded(
      matrix.map((list) => padded(list, length, filler)),
      height,
      empty,
    ).flat(),
  );
  return { name, datatype: LIST_INPUTS[name].datatype, shape: [matrices.length, height, length], data };
}

function longest(lists: readonly unknown[][]): number {
  return lists.reduce((most, { length }) => Math.max(most, length), 0);
}

function padded<T>(list: readonly T[], length: number, filler: T): T[] {
  return [...list, ...new Array<T>(length - list.length).fill(filler)];
}
