import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { unpickle } from './pickle.ts';
import { ELEMENT_BYTES } from './tensor-source.ts';
import type { TorchContent } from './torch-file.ts';
import { MAX_PICKLE_BYTES, torchPickleReader, type UnknownGlobals } from './torch-pickle.ts';

/**
 * PyTorch's zip archive: under one folder of any name `data.pkl`, the pickle, `data/KEY`, a storage each, stored without
 * compression, and `byteorder`. Source: torch/serialization.py.
 */
export async function readTorchZip(path: string, unknownGlobals: UnknownGlobals): Promise<TorchContent> {
  const name = basename(path);
  try {
    const zip = await openPromise(path, { autoClose: false });
    try {
      return await readArchive(zip, name, unknownGlobals);
    } finally {
      zip.close();
    }
  } catch (error) {
    const described = describeSystemError(name, error);
    if (described instanceof CheckpointError) throw described;
    throw new CheckpointError(name, `not a whole zip archive (${(error as Error).message})`);
  }
}

// A 3B checkpoint has some 700; each costs an entry of the directory.
const MAX_ENTRIES = 100_000;

async function readArchive(
  zip: ZipFile,
  name: string,
  unknownGlobals: UnknownGlobals,
): Promise<TorchContent> {
  const entries = await readDirectory(zip, name);
  const pickles = [...entries.keys()].filter((entry) => /^[^/]+\/data\.pkl$/.test(entry));
  if (pickles.length !== 1) throw new CheckpointError(name, 'a zip archive, but none that PyTorch wrote');
  const folder = pickles[0]!.slice(0, -'data.pkl'.length);
  await refuseBigEndian(zip, entries.get(`${folder}byteorder`), name);

  const reader = torchPickleReader(name, unknownGlobals);
  const { value } = unpickle(await readSmallEntry(zip, entries.get(pickles[0]!)!, name), 0, reader);
  const begins = new Map<string, number>();
  for (const { key, type, elements } of reader.storages.values()) {
    const entry = entries.get(`${folder}data/${key}`);
    if (entry === undefined)
      throw new CheckpointError(name, `its pickle refers to storage ${key}, which is missing`);
    requireStored(entry, name);
    const bytes = elements * ELEMENT_BYTES[type];
    if (entry.uncompressedSize !== bytes) {
      const cause = `storage ${key} should have ${bytes} bytes, the archive gives it ${entry.uncompressedSize}`;
      throw new CheckpointError(name, cause);
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if (fileDataStart + bytes > zip.fileSize)
      throw new CheckpointError(name, `truncated: storage ${key} is cut off`);
    begins.set(key, fileDataStart);
  }
  return { value, locate: ({ key }) => begins.get(key)! };
}

async function readDirectory(zip: ZipFile, name: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES)
    throw new CheckpointError(name, `a zip archive of ${zip.entryCount} entries`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName))
      throw new CheckpointError(name, `the archive holds ${entry.fileName} twice`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

async function refuseBigEndian(zip: ZipFile, entry: Entry | undefined, name: string): Promise<void> {
  // Files from before PyTorch 2.1 do not say it, and are little-endian.
  if (entry === undefined) return;
  const order = (await readSmallEntry(zip, entry, name)).toString('latin1');
  if (order !== 'little') throw new CheckpointError(name, `its byte order is ${order}; only little is known`);
}

function requireStored(entry: Entry, name: string): void {
  if (entry.compressionMethod === 0 && !entry.isEncrypted()) return;
  const cause = `${entry.fileName} is compressed or encrypted; PyTorch stores its entries as they are`;
  throw new CheckpointError(name, cause);
}

async function readSmallEntry(zip: ZipFile, entry: Entry, name: string): Promise<Buffer> {
  requireStored(entry, name);
  if (entry.uncompressedSize > MAX_PICKLE_BYTES)
    throw new CheckpointError(
      name,
      `${entry.fileName} has ${entry.uncompressedSize} bytes, more than any checkpoint's`,
    );
  return buffer(await zip.openReadStreamPromise(entry));
}
