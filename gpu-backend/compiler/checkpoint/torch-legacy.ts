import type { FileHandle } from 'node:fs/promises';
import { CheckpointError } from './checkpoint-error.ts';
import { UnfinishedPickle, unpickle } from './pickle.ts';
import { readRange } from './read-range.ts';
import { ELEMENT_BYTES } from './tensor-source.ts';
import type { TorchContent } from './torch-file.ts';
import {
  MAX_PICKLE_BYTES,
  type TorchPickleReader,
  torchPickleReader,
  type UnknownGlobals,
} from './torch-pickle.ts';

/**
 * PyTorch's format before 1.6: five pickles (a magic number, the version, the writing machine, the object, the storages'
 * keys), then each storage as the number of its elements (eight bytes) and the elements. Source: torch/serialization.py.
 */
export async function readLegacyTorchFile(
  file: FileHandle,
  name: string,
  unknownGlobals: UnknownGlobals,
): Promise<TorchContent> {
  const { value, keys, end, reader } = await readPickles(file, name, unknownGlobals);
  const begins = await locateStorages(file, { name, keys, reader, begin: end });
  for (const key of reader.storages.keys()) {
    if (!begins.has(key))
      throw new CheckpointError(name, `its pickle refers to storage ${key}, which is missing`);
  }
  return { value, locate: ({ key }) => begins.get(key)! };
}

interface Pickles {
  value: unknown;
  keys: unknown;
  end: number;
  reader: TorchPickleReader;
}

/** The pickles do not say how long they are: as much is read as they turn out to need. */
async function readPickles(file: FileHandle, name: string, unknownGlobals: UnknownGlobals): Promise<Pickles> {
  const { size } = await file.stat();
  for (let length = 1 << 20; ; length *= 4) {
    const window = Math.min(length, size, MAX_PICKLE_BYTES);
    const bytes = await readRange(file, name, 0, window);
    try {
      return parsePickles(bytes, name, unknownGlobals);
    } catch (error) {
      if (!(error instanceof UnfinishedPickle) || window < length) throw error;
    }
  }
}

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

function parsePickles(bytes: Buffer, name: string, unknownGlobals: UnknownGlobals): Pickles {
  // The first byte of any pickle of protocol 2. What is cut off in the middle is told apart from what is none.
  if (bytes[0] !== 0x80) throw new CheckpointError(name, 'not a file that PyTorch wrote');
  const plain = torchPickleReader(name, 'refuse');
  const magic = unpickle(bytes, 0, plain);
  if (magic.value !== MAGIC_NUMBER) throw new CheckpointError(name, 'a pickle, but none that PyTorch wrote');
  const version = unpickle(bytes, magic.end, plain);
  if (version.value !== PROTOCOL_VERSION)
    throw new CheckpointError(name, 'of an unknown version of the format');
  const machine = unpickle(bytes, version.end, plain);
  if (!(machine.value instanceof Map) || machine.value.get('little_endian') !== true)
    throw new CheckpointError(name, 'its byte order is not little');
  const reader = torchPickleReader(name, unknownGlobals);
  const object = unpickle(bytes, machine.end, reader);
  const keys = unpickle(bytes, object.end, plain);
  return { value: object.value, keys: keys.value, end: keys.end, reader };
}

const COUNT_BYTES = 8;

async function locateStorages(
  file: FileHandle,
  { name, keys, reader, begin }: { name: string; keys: unknown; reader: TorchPickleReader; begin: number },
): Promise<Map<string, number>> {
  if (!Array.isArray(keys)) throw new CheckpointError(name, 'the list of its storages is malformed');
  const { size } = await file.stat();
  const begins = new Map<string, number>();
  let end = begin;
  for (const key of keys) {
    const storage = reader.storages.get(key);
    if (storage === undefined || begins.has(key))
      throw new CheckpointError(name, 'the list of its storages is not that of its pickle');
    const data = end + COUNT_BYTES;
    if (data > size) throw new CheckpointError(name, `truncated: storage ${key} is cut off`);
    const elements = (await readRange(file, name, end, data)).readBigInt64LE();
    if (elements !== BigInt(storage.elements)) {
      const cause = `storage ${key} should have ${storage.elements} elements, the file gives it ${elements}`;
      throw new CheckpointError(name, cause);
    }
    end = data + storage.elements * ELEMENT_BYTES[storage.type];
    if (end > size) throw new CheckpointError(name, `truncated: storage ${key} is cut off`);
    begins.set(key, data);
  }
  return begins;
}
