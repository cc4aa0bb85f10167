import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { isRunning } from '../../gpu-backend/compiler/is-running.ts';
import { UserError } from '../user-error.ts';

/** Whoever fetches or deletes a model's files in the cache holds this. */
export function lockFile(cacheDirectory: string, id: string): string {
  return join(cacheDirectory, '.locks', 'tandem', `${id.replaceAll('/', '--')}.lock`);
}

/**
 * Runs `work` while no other Tandem does the same: two that continue one partial file would spoil it. Node cannot ask for
 * a lock that ends with its process, so the file says whose it is.
 * @throws {UserError} while another process holds the lock
 */
export async function withLock<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(dirname(path));
  await takeLock(path, what);
  held.add(path);
  try {
    return await work();
  } finally {
    held.delete(path);
    await rm(path, { force: true });
  }
}

/** This process' own: in a container that started anew, one that was killed may have had the same number. */
const held = new Set<string>();

async function takeLock(path: string, what: string): Promise<void> {
  const owner = `${process.pid} ${hostname()}`;
  try {
    await writeFile(path, owner, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const [pid, host] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
    if (host !== undefined && (host !== hostname() || isHeld(path, Number(pid)))) {
      throw new UserError(
        `${what} is being pulled by another process (${pid} on ${host}). If that is gone, delete ${path}.`,
      );
    }
    // Left by a process that was killed, perhaps before it could sign.
    await rm(path, { force: true });
    await writeFile(path, owner, { flag: 'wx' });
  }
}

function isHeld(path: string, pid: number): boolean {
  return pid === process.pid ? held.has(path) : isRunning(pid);
}
