import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/**
 * SHA-256 of a file of any size, in hexadecimal.
 * @throws the signal's reason once it is aborted
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await addFile(hash, path, signal);
  return hash.digest('hex');
}

/**
 * Feeds a file's content to the hash.
 * @throws the signal's reason once it is aborted
 */
export async function addFile(hash: Hash, path: string, signal?: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
}
