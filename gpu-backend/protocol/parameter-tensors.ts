import {
  type GenerationParameters,
  InvalidParameterError,
  resolveGenerationParameters,
} from '../../shared/generation-parameters.ts';
import {
  PARAMETER_INPUT_NAMES,
  PARAMETER_INPUTS,
  type ParameterInput,
  parameterFromNumber,
} from '../../shared/generation-tensors.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import { type BackendError, invalidRequest } from './backend-error.ts';
import { type EnvelopeTensor, readTensor } from './tensor-data.ts';

/**
 * The generation parameters of each row, from one tensor a parameter. Where a tensor is missing, the model's
 * recommended generation holds.
 * @throws {BackendError} invalid_request
 */
export function readParameterRows(
  tensors: ReadonlyMap<string, EnvelopeTensor>,
  rowCount: number,
  model: ModelConfig,
  maxNumBeams: number,
): GenerationParameters[] {
  const columns = PARAMETER_INPUT_NAMES.flatMap((name) => {
    const tensor = tensors.get(name);
    return tensor === undefined ? [] : [{ name, values: readColumn(tensor, name, rowCount) }];
  });
  const recommended = model.recommendedGeneration;
  const defaults = { ...recommended, num_beams: Math.min(recommended.num_beams, maxNumBeams) };
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const requested = columns.map(({ name, values }) => [name, parameterFromNumber(name, values[row]!)]);
    return resolveRow(Object.fromEntries(requested), defaults, row);
  });
  for (const [row, parameters] of rows.entries()) refuseOutOfBounds(parameters, row, model, maxNumBeams);
  refuseDifferentBeams(rows);
  return rows;
}

/** One value a row, in the shape of the metadata or with the trailing 1 that Triton's batching clients send. */
function readColumn(tensor: EnvelopeTensor, name: ParameterInput, rowCount: number): number[] {
  const shape = tensor.shape.length === 2 ? [rowCount, 1] : [rowCount];
  return readTensor(tensor, { name, datatype: PARAMETER_INPUTS[name], shape });
}

function resolveRow(requested: object, defaults: GenerationParameters, row: number): GenerationParameters {
  try {
    // Every beam comes back, so the number of returned sequences is not the client's to choose here.
    return resolveGenerationParameters({ ...requested, num_return_sequences: 1 }, defaults);
  } catch (error) {
    if (error instanceof InvalidParameterError) throw outOfBounds(error.parameter, row, error.message);
    throw error;
  }
}

function refuseOutOfBounds(
  parameters: GenerationParameters,
  row: number,
  model: ModelConfig,
  maxNumBeams: number,
): void {
  const { num_beams, max_length, forced_eos_token_id } = parameters;
  if (num_beams > maxNumBeams) {
    throw outOfBounds(
      'num_beams',
      row,
      `${num_beams} beams are more than this server's limit of ${maxNumBeams}.`,
    );
  }
  if (max_length > model.maxPositions) {
    throw outOfBounds(
      'max_length',
      row,
      `${max_length} is more than the model's ${model.maxPositions} positions.`,
    );
  }
  if (forced_eos_token_id !== null && forced_eos_token_id >= model.vocabSize) {
    throw outOfBounds('forced_eos_token_id', row, `${forced_eos_token_id} is no token id of the model.`);
  }
}

// The number of beams is a dimension of the graph's state, so a batch has one; the scheduler would have to split
// a request that has several.
function refuseDifferentBeams(rows: GenerationParameters[]): void {
  const [first, ...others] = rows.map((row) => row.num_beams);
  const other = others.find((beams) => beams !== first);
  if (other !== undefined) {
    throw invalidRequest(
      `Input "num_beams" holds ${first} and ${other}; the rows of a request share one value.`,
    );
  }
}

function outOfBounds(parameter: string, row: number, message: string): BackendError {
  return invalidRequest(`Input "${parameter}", row ${row}: ${message}`);
}
