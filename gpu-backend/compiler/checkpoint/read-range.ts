import type { FileHandle } from 'node:fs/promises';
import { CheckpointError } from './checkpoint-error.ts';

// One read gives at most 2 GiB, so a large range comes in pieces.
const READ_BYTES = 1 << 28;

/** Bytes `begin` to `end` of a file, in a buffer of their own. `name` is the file's, for messages. */
export async function readRange(
  file: FileHandle,
  name: string,
  begin: number,
  end: number,
): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(end - begin);
  let filled = 0;
  while (filled < bytes.length) {
    const length = Math.min(READ_BYTES, bytes.length - filled);
    const { bytesRead } = await file.read(bytes, filled, length, begin + filled);
    if (bytesRead === 0) throw new CheckpointError(name, 'became shorter while it was read');
    filled += bytesRead;
  }
  return bytes;
}
