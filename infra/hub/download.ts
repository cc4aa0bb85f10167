import type { Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { addFile } from '../../gpu-backend/compiler/hash-file.ts';
import { UserError } from '../user-error.ts';
import { Attempts } from './attempts.ts';
import { startHash } from './file-hash.ts';
import type { HubContext } from './hub-context.ts';
import type { ModelReference } from './model-reference.ts';
import { explainNetworkError } from './refusal.ts';
import type { RemoteFile } from './repository.ts';
import { requestHub } from './request.ts';
import { TransientError } from './transient-error.ts';

export interface Download {
  reference: ModelReference;
  url: string;
  file: RemoteFile;
  /** Where the whole file goes. Until then what came is beside it, with ".tandem-incomplete" at its name's end: not Python's ".incomplete", whose owner knows nothing of our lock. */
  target: string;
  /** Told how much of the file is there. */
  onBytes: (bytes: number) => void;
}

/** How much of a download an earlier run left behind. */
export async function partialBytes(target: string): Promise<number> {
  return stat(partialFile(target)).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Fetches one file: goes on where an earlier attempt, or an earlier run, was cut off, and gives the file its name only
 * once its size and hash are what the hub announced. What came is kept for the next run however this one ends.
 * @throws {UserError} where the file does not come whole; the file system's errors; the signal's reason
 */
export async function download(task: Download, context: HubContext): Promise<void> {
  // Not through a link that somebody put there.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(partialFile(task.target), flags, 0o644);
  try {
    const partial = await Partial.resume(handle, task, context.signal);
    await fetchRest(partial, task, context);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(partialFile(task.target), task.target);
}

const partialFile = (target: string) => `${target}.tandem-incomplete`;

async function fetchRest(partial: Partial, task: Download, context: HubContext): Promise<void> {
  const { file, onBytes } = task;
  const attempts = new Attempts(context);
  let mismatches = 0;
  for (;;) {
    onBytes(partial.bytes);
    if (partial.bytes === file.bytes) {
      if (partial.isRight()) return;
      // What an earlier run left may have been at fault: the second time it is the hub's.
      mismatches += 1;
      await partial.startOver();
      if (mismatches === 2) {
        throw new UserError(
          `${file.name} came twice with another content than the hub announces (${file.hash.digest}): not kept. Try again later.`,
        );
      }
      context.log(`${file.name} is not what the hub announces: fetching it again …`);
      continue;
    }
    const before = partial.bytes;
    try {
      await fetchOnce(partial, task, context);
    } catch (error) {
      if (partial.bytes > before) attempts.succeed();
      await attempts.fail(error);
    }
  }
}

/** One request for what is missing. */
async function fetchOnce(
  partial: Partial,
  { url, reference, file, onBytes }: Download,
  context: HubContext,
): Promise<void> {
  const range = partial.bytes > 0 ? { range: `bytes=${partial.bytes}-` } : {};
  const { response, heard, close } = await requestHub(url, reference, { context, ...range });
  try {
    if (!continuesAt(response, partial.bytes)) {
      await partial.startOver();
      if (response.status !== 200) throw new TransientError(`the hub cannot continue ${file.name}.`);
    }
    checkAnnouncedSize(response, partial.bytes, file);
    for await (const chunk of response.body ?? []) {
      heard();
      if (partial.bytes + chunk.byteLength > file.bytes)
        throw new UserError(`${file.name} is longer than the ${file.bytes} bytes that the hub announces.`);
      await partial.append(chunk);
      onBytes(partial.bytes);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof UserError || isFileError(error)
      ? error
      : explainNetworkError(error, context.settings);
  } finally {
    close();
  }
  if (partial.bytes < file.bytes) throw new TransientError(`${file.name} was cut off.`);
}

/** Whether the body begins at the byte that was asked for. A server may send the whole file instead. */
function continuesAt({ status, headers }: Response, offset: number): boolean {
  if (status !== 206) return offset === 0;
  return headers.get('content-range')?.startsWith(`bytes ${offset}-`) ?? false;
}

function checkAnnouncedSize({ headers }: Response, offset: number, { name, bytes }: RemoteFile): void {
  const length = headers.get('content-length');
  if (length === null || Number(length) === bytes - offset) return;
  throw new TransientError(
    `${name} comes with ${Number(length) + offset} bytes; the hub announces ${bytes}.`,
  );
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}

/** The file so far, with its hash. */
class Partial {
  readonly #handle: FileHandle;
  readonly #file: RemoteFile;
  #hash: Hash;
  bytes: number;

  private constructor(handle: FileHandle, file: RemoteFile, { hash, bytes }: { hash: Hash; bytes: number }) {
    this.#handle = handle;
    this.#file = file;
    this.#hash = hash;
    this.bytes = bytes;
  }

  static async resume(handle: FileHandle, { file, target }: Download, signal: AbortSignal): Promise<Partial> {
    const { size } = await handle.stat();
    const hash = startHash(file.hash, file.bytes);
    if (size > file.bytes) await handle.truncate(0);
    else await addFile(hash, partialFile(target), signal);
    return new Partial(handle, file, { hash, bytes: size > file.bytes ? 0 : size });
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.byteLength; ) {
      const { bytesWritten } = await this.#handle.write(
        chunk,
        done,
        chunk.byteLength - done,
        this.bytes + done,
      );
      done += bytesWritten;
    }
    this.#hash.update(chunk);
    this.bytes += chunk.byteLength;
  }

  /** May be asked once for each content. */
  isRight(): boolean {
    return this.#hash.digest('hex') === this.#file.hash.digest;
  }

  async startOver(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = startHash(this.#file.hash, this.#file.bytes);
    this.bytes = 0;
  }
}
