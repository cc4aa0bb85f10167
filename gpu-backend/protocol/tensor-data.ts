import { type Datatype, ELEMENT_BYTES, type TensorMetadata } from '../../shared/inference-protocol.ts';
import { type BackendError, invalidRequest, quoted } from './backend-error.ts';
import { readBinary } from './binary-tensors.ts';

/** A tensor as it came. */
export interface EnvelopeTensor {
  name: string;
  datatype: string;
  shape: number[];
  /** JSON, or the bytes of a binary tensor. */
  data: unknown[] | Uint8Array;
}

const LARGEST_FP32 = 3.4028234663852886e38;

/**
 * A tensor's numbers in row-major order. Its shape is all of it known: another is refused before its data is read.
 * @throws {BackendError} invalid_request for another datatype, rank or count, or values that the datatype cannot hold
 */
export function readTensor(tensor: EnvelopeTensor, expected: TensorMetadata): number[] {
  checkForm(tensor, expected);
  return readData(tensor, expected.datatype);
}

/**
 * Checks datatype and shape without a look at the data.
 * @throws {BackendError} invalid_request
 */
export function checkForm({ name, datatype, shape }: EnvelopeTensor, expected: TensorMetadata): void {
  if (datatype !== expected.datatype) {
    throw invalidRequest(
      `Input "${name}" has datatype ${quoted(datatype)}; the model takes ${expected.datatype}.`,
    );
  }
  if (!fits(shape, expected.shape)) {
    throw invalidRequest(
      `Input "${name}" has shape ${show(shape)}; the model takes ${show(expected.shape)}.`,
    );
  }
}

/**
 * The numbers of a tensor whose form is checked: its rank bounds how deep nested data is followed, its shape how many
 * values are read. The protocol allows `data` flat or nested as the shape says.
 * @throws {BackendError} invalid_request
 */
export function readData(tensor: EnvelopeTensor, datatype: Datatype): number[] {
  const { name, shape, data } = tensor;
  const count = shape.reduce((product, size) => product * size, 1);
  if (data instanceof Uint8Array) {
    const expected = count * ELEMENT_BYTES[datatype];
    if (data.length !== expected) {
      throw invalidRequest(
        `Input "${name}" has shape ${show(shape)}, so ${expected} bytes, but its binary_data_size is ${data.length}.`,
      );
    }
    return readBinary(data, datatype).map((value, index) => readNumber(value, { name, datatype }, index));
  }
  const values = flatten(tensor, data, shape);
  if (values.length !== count) {
    throw invalidRequest(
      `Input "${name}" has shape ${show(shape)}, so ${count} values, but its data holds ${values.length}.`,
    );
  }
  return values.map((value, index) => readNumber(value, { name, datatype }, index));
}

function show(shape: number[]): string {
  return `[${shape.join(', ')}]`;
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

function readNumber(
  value: unknown,
  { name, datatype }: Omit<TensorMetadata, 'shape'>,
  index: number,
): number {
  if (typeof value !== 'number') throw wrong(name, index, `${kindOf(value)} is no number`);
  if (datatype === 'INT64') {
    if (!Number.isInteger(value)) throw wrong(name, index, `${value} is no whole number`);
    if (!Number.isSafeInteger(value))
      throw wrong(name, index, 'whole numbers are taken up to 2^53 - 1, as far as JSON keeps them exact');
    return value;
  }
  if (Number.isNaN(value)) throw wrong(name, index, 'NaN is no number');
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
