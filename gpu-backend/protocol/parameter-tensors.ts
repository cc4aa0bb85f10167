import {
  type GenerationParameters,
  InvalidParameterError,
  refuseUnfitParameters,
  resolveGenerationParameters,
  searchWidth,
} from '../../shared/generation-parameters.ts';
import {
  PARAMETER_INPUT_NAMES,
  PARAMETER_INPUTS,
  type ParameterInput,
  parameterFromNumber,
} from '../../shared/generation-tensors.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import { type BackendError, invalidRequest } from './backend-error.ts';
import { readLogitBias, readTokenSequences } from './list-tensors.ts';
import { type EnvelopeTensor, readTensor } from './tensor-data.ts';

/** The values of one parameter, one a row. */
interface Column {
  name: keyof GenerationParameters;
  values: unknown[];
}

/**
 * The generation parameters of each row, from its tensors. Where a tensor is missing, the model's recommended generation
 * holds, and one sequence a row.
 * @throws {BackendError} invalid_request
 */
export function readParameterRows(
  tensors: ReadonlyMap<string, EnvelopeTensor>,
  rowCount: number,
  model: ModelConfig,
  maxNumBeams: number,
): GenerationParameters[] {
  const columns = readColumns(tensors, rowCount);
  const recommended = model.recommendedGeneration;
  const defaults = {
    ...recommended,
    num_beams: Math.min(recommended.num_beams, maxNumBeams),
    num_return_sequences: 1,
  };
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const requested = columns.map(({ name, values }) => [name, values[row]]);
    return readRow(Object.fromEntries(requested), { defaults, model, maxNumBeams, row });
  });
  refuseDifferentWidths(rows);
  return rows;
}

function readColumns(tensors: ReadonlyMap<string, EnvelopeTensor>, rowCount: number): Column[] {
  const columns = PARAMETER_INPUT_NAMES.flatMap((name): Column[] => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return [];
    const values = readColumn(tensor, name, rowCount);
    return [{ name, values: values.map((value) => parameterFromNumber(name, value)) }];
  });
  const biases = readLogitBias(tensors, rowCount);
  if (biases !== undefined) columns.push({ name: 'logit_bias', values: biases });
  for (const name of ['bad_words_ids', 'stop_sequences'] as const) {
    const tensor = tensors.get(name);
    if (tensor !== undefined) columns.push({ name, values: readTokenSequences(tensor, name, rowCount) });
  }
  return columns;
}

/** One value a row, in the shape of the metadata or without the 1 that Triton's batching asks for. */
function readColumn(tensor: EnvelopeTensor, name: ParameterInput, rowCount: number): number[] {
  const shape = tensor.shape.length === 1 ? [rowCount] : [rowCount, 1];
  return readTensor(tensor, { name, datatype: PARAMETER_INPUTS[name], shape });
}

function readRow(
  requested: object,
  options: { defaults: GenerationParameters; model: ModelConfig; maxNumBeams: number; row: number },
): GenerationParameters {
  const { defaults, model, maxNumBeams, row } = options;
  try {
    const parameters = resolveGenerationParameters(requested, defaults);
    refuseUnfitParameters(parameters, model);
    refuseTooWide(parameters, maxNumBeams);
    return parameters;
  } catch (error) {
    if (error instanceof InvalidParameterError) throw outOfBounds(error.parameter, row, error.message);
    throw error;
  }
}

function refuseTooWide({ num_beams, num_return_sequences }: GenerationParameters, maxNumBeams: number): void {
  if (num_beams > maxNumBeams) {
    throw new InvalidParameterError(
      'num_beams',
      `${num_beams} beams are more than this server's limit of ${maxNumBeams}.`,
    );
  }
  if (num_return_sequences > maxNumBeams) {
    throw new InvalidParameterError(
      'num_return_sequences',
      `${num_return_sequences} samples are more than this server's limit of ${maxNumBeams}.`,
    );
  }
}

// The width is a dimension of the graph's state, so a batch has one; the scheduler would have to split a request that
// has several.
function refuseDifferentWidths(rows: GenerationParameters[]): void {
  const [first, ...others] = rows.map(searchWidth);
  const other = others.find((width) => width !== first);
  if (other === undefined) return;
  throw invalidRequest(
    'The rows of a request share one width, which is the larger of "num_beams" and "num_return_sequences"; ' +
      `they have ${first} and ${other}.`,
  );
}

function outOfBounds(parameter: string, row: number, message: string): BackendError {
  return invalidRequest(`Input "${parameter}", row ${row}: ${message}`);
}
