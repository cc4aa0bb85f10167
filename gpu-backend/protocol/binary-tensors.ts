import { type Datatype, ELEMENT_BYTES, JSON_LENGTH_HEADER } from '../../shared/inference-protocol.ts';
import { invalidRequest, quoted } from './backend-error.ts';
import type { EnvelopeTensor } from './tensor-data.ts';

interface WrittenTensor {
  name: string;
  datatype: string;
  shape: number[];
  parameters?: { binary_data_size?: number | undefined } | undefined;
  data?: unknown[] | undefined;
}

/**
 * Gives every tensor its data: from JSON, or its share of the bytes behind the JSON, in the order of the inputs and
 * without copying them. Whether the sizes fit the shapes is seen when a tensor is read.
 * @throws {BackendError} invalid_request for a tensor with no data or two, and bytes that are missing or left over
 */
export function takeBinaryTensors(inputs: WrittenTensor[], binary: Uint8Array | undefined): EnvelopeTensor[] {
  let start = 0;
  const tensors = inputs.map(({ parameters, data, ...tensor }) => {
    const place = `Input ${quoted(tensor.name)}`;
    const size = parameters?.binary_data_size;
    if (size === undefined) {
      if (data === undefined) throw invalidRequest(`${place} has no data.`);
      return { ...tensor, data };
    }
    if (data !== undefined) throw invalidRequest(`${place} has both data and binary_data_size.`);
    if (binary === undefined) {
      throw invalidRequest(`${place} is binary, but the header ${JSON_LENGTH_HEADER} is missing.`);
    }
    const end = start + size;
    if (end > binary.length) {
      throw invalidRequest(
        `${place} takes ${size} bytes, but only ${binary.length - start} are left behind the JSON.`,
      );
    }
    const bytes = binary.subarray(start, end);
    start = end;
    return { ...tensor, data: bytes };
  });
  const left = (binary?.length ?? 0) - start;
  if (left > 0) throw invalidRequest(`The body has ${left} bytes that no input takes.`);
  return tensors;
}

/** @param bytes as many as the datatype asks for, or a multiple */
export function readBinary(bytes: Uint8Array, datatype: Datatype): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = ELEMENT_BYTES[datatype];
  return Array.from({ length: bytes.length / size }, (_, index) =>
    datatype === 'INT64' ? Number(view.getBigInt64(index * size, true)) : view.getFloat32(index * size, true),
  );
}

/** The reverse of `readBinary`. */
export function writeBinary(values: number[], datatype: Datatype): Uint8Array {
  const size = ELEMENT_BYTES[datatype];
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (const [index, value] of values.entries()) {
    if (datatype === 'INT64') view.setBigInt64(index * size, BigInt(value), true);
    else view.setFloat32(index * size, value, true);
  }
  return new Uint8Array(view.buffer);
}
