import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { CheckpointError } from './checkpoint-error.ts';
import { Inert } from './pickle.ts';
import { readRange } from './read-range.ts';
import { ELEMENT_BYTES, isWeightType, type TensorSource, toFloat32 } from './tensor-source.ts';
import { readLegacyTorchFile } from './torch-legacy.ts';
import { type Storage, StorageView, type UnknownGlobals } from './torch-pickle.ts';
import { readTorchZip } from './torch-zip.ts';

/** The object in a PyTorch file, and where the bytes of its storages begin. */
export interface TorchContent {
  value: unknown;
  locate(storage: Storage): number;
}

export interface TorchFileOptions {
  /** Takes the state dict out of the object in the file, which is the state dict itself if this is left out. */
  select?: (value: unknown) => unknown;
  unknownGlobals?: UnknownGlobals;
}

/**
 * A file that `torch.save` wrote: a zip archive (since PyTorch 1.6) or the older sequence of pickles. Only tensors are
 * rebuilt; no code in the file is run.
 * @throws {CheckpointError} where it is neither, or refers to anything else
 */
export async function openTorchFile(
  path: string,
  { select = (value) => value, unknownGlobals = 'refuse' }: TorchFileOptions = {},
): Promise<TensorSource> {
  const name = basename(path);
  const file = await open(path, 'r');
  try {
    const isZip = (await readRange(file, name, 0, Math.min(4, (await file.stat()).size))).equals(
      ZIP_SIGNATURE,
    );
    const content = isZip
      ? await readTorchZip(path, unknownGlobals)
      : await readLegacyTorchFile(file, name, unknownGlobals);
    const tensors = stateDictOf(select(content.value), name);
    return {
      description: name,
      tensors,
      read: (tensor) => readView(file, name, tensors.get(tensor)!, content),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const ZIP_SIGNATURE = Buffer.from('PK\x03\x04', 'latin1');

function stateDictOf(value: unknown, file: string): Map<string, StorageView> {
  if (!(value instanceof Map)) throw new CheckpointError(file, 'holds no state dict');
  const tensors = new Map<string, StorageView>();
  for (const [name, entry] of value) {
    if (entry instanceof Inert)
      throw new CheckpointError(file, `refused: ${name} refers to ${entry.name}; nothing was run`);
    if (typeof name === 'string' && entry instanceof StorageView) tensors.set(name, entry);
  }
  return tensors;
}

async function readView(
  file: FileHandle,
  name: string,
  view: StorageView,
  content: TorchContent,
): Promise<Float32Array> {
  const { type, storage, offset, span } = view;
  if (!isWeightType(type)) throw new Error(`A weight of type ${type} was asked for. This is a bug.`);
  const begin = content.locate(storage) + offset * ELEMENT_BYTES[type];
  const bytes = await readRange(file, name, begin, begin + span * ELEMENT_BYTES[type]);
  return rowMajor(toFloat32(bytes, type), view);
}

/** The elements of a view in row-major order; `values` begin with its first. */
function rowMajor(values: Float32Array, { shape, strides }: StorageView): Float32Array {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (isRowMajor(shape, strides)) return values;
  const ordered = new Float32Array(elements);
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < elements; i++) {
    ordered[i] = values[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return ordered;
}

function isRowMajor(shape: number[], strides: number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of an axis with one element is never taken.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
