import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { CheckpointError } from './checkpoint-error.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { readRange } from './read-range.ts';
import {
  ELEMENT_BYTES,
  type ElementName,
  isWeightType,
  type TensorInfo,
  type TensorSource,
  toFloat32,
} from './tensor-source.ts';

/**
 * The safetensors format: eight bytes with the header's length (little endian), the header as JSON
 * (`{name: {dtype, shape, data_offsets: [begin, end]}}`), then the tensors, end to end and without gaps.
 * Source: https://github.com/huggingface/safetensors
 */

interface StoredTensor extends TensorInfo {
  /** Bytes from the start of the file. */
  begin: number;
  end: number;
}

// The format's own bound: a larger header is an attack or another kind of file.
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

const size = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/** @throws {CheckpointError} where the header is cut off, is no header, or does not fit the bytes that follow */
export async function openSafetensors(path: string): Promise<TensorSource> {
  const name = basename(path);
  const file = await open(path, 'r');
  try {
    const tensors = await readHeader(file, name);
    return {
      description: name,
      tensors,
      read: (tensor) => readTensor(file, name, tensors.get(tensor)!),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: FileHandle, name: string): Promise<Map<string, StoredTensor>> {
  const { size: fileBytes } = await file.stat();
  if (fileBytes < LENGTH_BYTES)
    throw new CheckpointError(name, `truncated: ${fileBytes} bytes are no safetensors file`);
  const headerBytes = Number((await readRange(file, name, 0, LENGTH_BYTES)).readBigUInt64LE());
  if (headerBytes > MAX_HEADER_BYTES)
    throw new CheckpointError(name, 'not a safetensors file: its header is too long');
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > fileBytes) {
    throw new CheckpointError(
      name,
      `truncated: the header wants ${headerBytes} bytes, the file has ${fileBytes}`,
    );
  }
  const header = parseHeader(await readRange(file, name, LENGTH_BYTES, dataStart), name);
  return locateTensors(header, { name, dataStart, fileBytes });
}

function parseHeader(bytes: Buffer, name: string): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new CheckpointError(name, 'not a safetensors file: its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new CheckpointError(name, 'not a safetensors file: its header is not a JSON object');
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw new CheckpointError(name, `its header names ${duplicate} twice`);
  return header as Record<string, unknown>;
}

/** Checks every entry against the file; a header that lies about one byte is refused as a whole. */
function locateTensors(
  header: Record<string, unknown>,
  { name, dataStart, fileBytes }: { name: string; dataStart: number; fileBytes: number },
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success) throw new CheckpointError(name, `the header's entry for ${tensor} is malformed`);
    const { dtype, shape, data_offsets } = parsed.data;
    const [begin, end] = data_offsets;
    if (!isElementName(dtype)) throw new CheckpointError(name, `${tensor} is of an unknown type, ${dtype}`);
    const bytes = shape.reduce((product, dimension) => product * dimension, ELEMENT_BYTES[dtype]);
    if (end - begin !== bytes) {
      throw new CheckpointError(
        name,
        `${tensor} [${shape}] needs ${bytes} bytes, the header gives it ${end - begin}`,
      );
    }
    tensors.set(tensor, { type: dtype, shape, begin: dataStart + begin, end: dataStart + end });
  }
  checkContiguous(tensors, { name, dataStart, fileBytes });
  return tensors;
}

function checkContiguous(
  tensors: Map<string, StoredTensor>,
  { name, dataStart, fileBytes }: { name: string; dataStart: number; fileBytes: number },
): void {
  let expected = dataStart;
  for (const [tensor, { begin, end }] of [...tensors].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== expected) {
      throw new CheckpointError(name, `the header leaves a gap or an overlap before ${tensor}`);
    }
    expected = end;
  }
  if (expected > fileBytes) {
    throw new CheckpointError(
      name,
      `truncated: the header promises ${expected} bytes, the file has ${fileBytes}`,
    );
  }
  if (expected < fileBytes)
    throw new CheckpointError(name, `${fileBytes - expected} bytes follow the last tensor`);
}

function isElementName(dtype: string): dtype is ElementName {
  return Object.hasOwn(ELEMENT_BYTES, dtype);
}

async function readTensor(
  file: FileHandle,
  name: string,
  { type, begin, end }: StoredTensor,
): Promise<Float32Array> {
  if (!isWeightType(type)) throw new Error(`A weight of type ${type} was asked for. This is a bug.`);
  return toFloat32(await readRange(file, name, begin, end), type);
}
