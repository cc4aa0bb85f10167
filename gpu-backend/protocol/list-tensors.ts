import { MAX_LISTED, MAX_SEQUENCE_TOKENS } from '../../shared/generation-parameters.ts';
import { LIST_INPUTS, type ListInput, NO_TOKEN } from '../../shared/generation-tensors.ts';
import { invalidRequest } from './backend-error.ts';
import { checkForm, type EnvelopeTensor, readData } from './tensor-data.ts';

/**
 * `logit_bias` of each row, from its two tensors [rows, n]; undefined where neither is there. Whether the ids are the
 * model's is checked behind.
 * @throws {BackendError} invalid_request
 */
export function readLogitBias(
  tensors: ReadonlyMap<string, EnvelopeTensor>,
  rowCount: number,
): Record<string, number>[] | undefined {
  const [idTensor, valueTensor] = [tensors.get('logit_bias_ids'), tensors.get('logit_bias_values')];
  if (idTensor === undefined && valueTensor === undefined) return undefined;
  if (idTensor === undefined || valueTensor === undefined) {
    const missing = idTensor === undefined ? 'logit_bias_ids' : 'logit_bias_values';
    throw invalidRequest(`Input "${missing}" is missing: the two inputs of logit_bias come together.`);
  }
  checkList(idTensor, 'logit_bias_ids', [rowCount, -1]);
  checkList(valueTensor, 'logit_bias_values', [rowCount, idTensor.shape[1]!]);
  const ids = splitEvenly(readData(idTensor, 'INT64'), rowCount);
  const values = splitEvenly(readData(valueTensor, 'FP32'), rowCount);
  return ids.map((row, index) => {
    const used = withoutPadding(row, 'logit_bias_ids', index);
    const repeated = used.find((id, place) => used.indexOf(id) !== place);
    if (repeated !== undefined) {
      throw invalidRequest(`Input "logit_bias_ids", row ${index} holds the token ${repeated} twice.`);
    }
    return Object.fromEntries(used.map((id, place) => [id, values[index]![place]!]));
  });
}

/**
 * Sequences of token ids of each row, from a tensor [rows, n, tokens] padded with −1 on the right.
 * @throws {BackendError} invalid_request
 */
export function readTokenSequences(tensor: EnvelopeTensor, name: ListInput, rowCount: number): number[][][] {
  checkList(tensor, name, [rowCount, -1, -1]);
  const count = tensor.shape[1]!;
  return splitEvenly(readData(tensor, 'INT64'), rowCount).map((row, index) =>
    splitEvenly(row, count)
      .map((sequence) => withoutPadding(sequence, name, index))
      .filter((sequence) => sequence.length > 0),
  );
}

// Before the data is read, so that no list costs more than the longest that can be used.
function checkList(tensor: EnvelopeTensor, name: ListInput, shape: number[]): void {
  checkForm(tensor, { name, datatype: LIST_INPUTS[name].datatype, shape });
  const [, count = 0, tokens = 0] = tensor.shape;
  if (count > MAX_LISTED) {
    throw invalidRequest(`Input "${name}" has ${count} entries a row; ${MAX_LISTED} are the most.`);
  }
  if (tokens > MAX_SEQUENCE_TOKENS) {
    throw invalidRequest(
      `Input "${name}" has sequences of ${tokens} tokens; ${MAX_SEQUENCE_TOKENS} are the most.`,
    );
  }
}

function withoutPadding(ids: number[], name: ListInput, row: number): number[] {
  const end = ids.indexOf(NO_TOKEN);
  const used = end === -1 ? ids : ids.slice(0, end);
  const wrong = used.find((id) => id < 0) ?? ids.slice(used.length).find((id) => id !== NO_TOKEN);
  if (wrong === undefined) return used;
  throw invalidRequest(`Input "${name}", row ${row}: ${wrong} where there can be token ids, then only -1.`);
}

function splitEvenly<T>(values: T[], parts: number): T[][] {
  const size = parts === 0 ? 0 : values.length / parts;
  return Array.from({ length: parts }, (_, part) => values.slice(part * size, (part + 1) * size));
}
