import { readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { addFile } from '../../gpu-backend/compiler/hash-file.ts';
import type { Snapshot } from './cache.ts';
import { hashOfBlobName, startHash } from './file-hash.ts';

/** The files of a snapshot whose content is not what its blob's name promises, each with the reason. */
export async function damagedFiles(
  { directory, files }: Snapshot,
  signal: AbortSignal,
): Promise<{ name: string; reason: string }[]> {
  const damaged: { name: string; reason: string }[] = [];
  for (const { name, bytes } of files) {
    const path = join(directory, name);
    const promised = hashOfBlobName(basename(await readlink(path).catch(() => '')));
    if (promised === undefined) {
      damaged.push({ name, reason: 'is no link to a blob, whose name would tell its hash' });
      continue;
    }
    const hash = startHash(promised, bytes);
    await addFile(hash, path, signal);
    if (hash.digest('hex') !== promised.digest) damaged.push({ name, reason: 'has another content' });
  }
  return damaged;
}
