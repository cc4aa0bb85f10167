import type { InferenceEnvelope, TensorMetadata } from '../../shared/inference-protocol.ts';
import { type BackendError, invalidRequest, quoted } from './backend-error.ts';

export type EnvelopeTensor = InferenceEnvelope['inputs'][number];

const LARGEST_FP32 = 3.4028234663852886e38;

/**
 * A tensor's numbers in row-major order. The protocol allows `data` flat or nested as the shape says.
 * @throws {BackendError} invalid_request for another datatype, rank or count, or values that the datatype cannot hold
 */
export function readTensor(tensor: EnvelopeTensor, expected: TensorMetadata): number[] {
  const { name, datatype, shape, data } = tensor;
  if (datatype !== expected.datatype) {
    throw invalidRequest(
      `Input "${name}" has datatype ${quoted(datatype)}; the model takes ${expected.datatype}.`,
    );
  }
  // Checked first: the rank bounds how deep the nested data is followed.
  if (!fits(shape, expected.shape)) {
    throw invalidRequest(
      `Input "${name}" has shape ${show(shape)}; the model takes ${show(expected.shape)}.`,
    );
  }
  const values = flatten(tensor, data, shape);
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) {
    throw invalidRequest(
      `Input "${name}" has shape ${show(shape)}, so ${count} values, but its data holds ${values.length}.`,
    );
  }
  return values.map((value, index) => readNumber(value, expected, index));
}

export function show(shape: number[]): string {
  return shape.length > 8 ? `of ${shape.length} dimensions` : `[${shape.join(', ')}]`;
}

function fits(shape: number[], expected: number[]): boolean {
  return (
    shape.length === expected.length && expected.every((size, index) => size === -1 || shape[index] === size)
  );
}

function flatten(tensor: EnvelopeTensor, data: unknown[], [size, ...inner]: number[]): unknown[] {
  if (inner.length === 0 || !data.some(Array.isArray)) return data;
  const whole = data.length === size && data.every((item) => Array.isArray(item) && item.length === inner[0]);
  if (!whole)
    throw invalidRequest(`Input "${tensor.name}" has data nested unlike its shape ${show(tensor.shape)}.`);
  return data.flatMap((item) => flatten(tensor, item as unknown[], inner));
}

function readNumber(value: unknown, { name, datatype }: TensorMetadata, index: number): number {
  if (typeof value !== 'number') throw wrong(name, index, `${kindOf(value)} is no number`);
  if (datatype === 'INT64') {
    if (!Number.isInteger(value)) throw wrong(name, index, `${value} is no whole number`);
    if (!Number.isSafeInteger(value))
      throw wrong(name, index, 'JSON keeps whole numbers exact only up to 2^53 - 1');
    return value;
  }
  if (Math.abs(value) > LARGEST_FP32) throw wrong(name, index, `${value} is too large for FP32`);
  // What the graph will compute with, so that the checks that follow see the same number.
  return Math.fround(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function wrong(name: string, index: number, reason: string): BackendError {
  return invalidRequest(`Input "${name}", value ${index}: ${reason}.`);
}
