import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CheckpointError } from './checkpoint/checkpoint-error.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Makes the folder `out` whole or not at all: `write` fills a hidden folder beside it, which takes its place in the end.
 * Two at once both end in a whole folder, the later one's. What a killed process left beside `out` is removed.
 * @param out an absolute path; what is there is replaced
 * @param refuse throws where what is at `out` must stay; asked before the work and again before it is replaced
 */
export async function writeWholeFolder<T>(
  out: string,
  { refuse, write }: { refuse: () => Promise<void>; write: (directory: string) => Promise<T> },
): Promise<T> {
  await refuse();
  // Its own from before it is there: another build of this process may look for abandoned ones at any time.
  const unfinished = join(dirname(out), `.${basename(out)}.unfinished-${process.pid}-${randomUUID()}`);
  ownFolders.add(unfinished);
  try {
    await makeUnfinished(unfinished, out);
    const result = await write(unfinished);
    await refuse();
    // A temporary folder is its maker's alone; a model is for whoever serves it.
    await chmod(unfinished, 0o755);
    await takePlace(unfinished, out);
    return result;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    ownFolders.delete(unfinished);
  }
}

/** Those that this process is filling: in a container, a process that was killed may have had the same id. */
const ownFolders = new Set<string>();

/** Beside the target, so that the last step is a rename within one file system; its name tells the process that fills it. */
async function makeUnfinished(unfinished: string, out: string): Promise<void> {
  const parent = dirname(out);
  try {
    await makeFolder(parent);
    await removeAbandoned(parent, basename(out));
    await mkdir(unfinished, { mode: 0o700 });
  } catch (error) {
    // As /proc answers, where nothing can be made.
    if (codeOf(error) === 'ENOENT') throw new CheckpointError(out, 'no folder can be made there');
    throw error;
  }
}

async function removeAbandoned(parent: string, name: string): Promise<void> {
  const prefix = `.${name}.unfinished-`;
  for (const entry of await readdir(parent)) {
    const pid = entry.startsWith(prefix) ? /^(\d+)-/.exec(entry.slice(prefix.length))?.[1] : undefined;
    const path = join(parent, entry);
    if (pid === undefined || isFilled(path, Number(pid))) continue;
    // Killed between its two renames, it left the earlier whole folder under this name.
    if (entry.endsWith('.old') && (await renameIfAbsent(path, join(parent, name)))) continue;
    // Moved first: if its maker is alive after all (in another container), it fails as a whole.
    const gone = `${path}.gone`;
    const isMoved = await rename(path, gone).then(
      () => true,
      () => false,
    );
    if (isMoved) await rm(gone, { recursive: true, force: true });
  }
}

/** Whether a build still works on an unfinished folder, or on the earlier one that it has put aside under ".old". */
function isFilled(path: string, pid: number): boolean {
  return pid === process.pid ? ownFolders.has(path.replace(/\.old$/, '')) : isRunning(pid);
}

const MOST_ATTEMPTS = 20;

/** What is at `to` stays there until `from` can take its place. */
async function takePlace(from: string, to: string): Promise<void> {
  const old = `${from}.old`;
  for (let attempt = 1; ; attempt++) {
    const hadOld = await renameIfThere(to, old);
    try {
      await rename(from, to);
      if (hadOld) await rm(old, { recursive: true });
      return;
    } catch (error) {
      const isTaken = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '');
      if (!isTaken || attempt === MOST_ATTEMPTS) {
        if (hadOld) await rename(old, to).catch(() => {});
        throw error;
      }
      // Another build came between the two renames: its folder is the one to replace now.
      if (hadOld) await rm(old, { recursive: true });
    }
  }
}

async function renameIfAbsent(from: string, to: string): Promise<boolean> {
  const isThere = await lstat(to).then(
    () => true,
    () => false,
  );
  return !isThere && renameIfThere(from, to);
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
