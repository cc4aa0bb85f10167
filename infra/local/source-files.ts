import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sourceFilesOf } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { sha256OfFile } from '../../gpu-backend/compiler/hash-file.ts';
import type { Manifest } from '../../gpu-backend/compiler/manifest.ts';

/** What of a file changes with its content, by name. The time of the last change of status cannot be set back. */
type FileStates = Record<string, { bytes: number; modifiedMs: number; changedMs: number }>;

/** The present state of the files that a checkpoint's build reads. */
export async function readFileStates(checkpoint: string): Promise<FileStates> {
  const states: FileStates = {};
  for (const name of await sourceFilesOf(checkpoint)) {
    const { size, mtimeMs, ctimeMs } = await stat(join(checkpoint, name));
    states[name] = { bytes: size, modifiedMs: mtimeMs, changedMs: ctimeMs };
  }
  return states;
}

/** Beside the kept model: its folder is the build's alone. */
const statesFile = (directory: string) => `${directory}.sources.json`;

/** Keeps the states of the files that the model in `directory` was made from. */
export async function rememberFileStates(directory: string, states: FileStates): Promise<void> {
  await writeFile(statesFile(directory), JSON.stringify(states, null, 1));
}

/**
 * Whether a checkpoint has the files that a kept model was made from, and no others. Weights may be gigabytes: they
 * are read only where a file's state is not the remembered one.
 */
export async function areUnchanged({
  checkpoint,
  directory,
  sources,
  log,
  signal,
}: {
  checkpoint: string;
  directory: string;
  sources: Manifest['sources'];
  log: (line: string) => void;
  signal?: AbortSignal;
}): Promise<boolean> {
  const states = await readFileStates(checkpoint);
  const names = Object.keys(states);
  if (!isDeepStrictEqual(names.toSorted(), Object.keys(sources).toSorted())) return false;
  if (names.some((name) => states[name]?.bytes !== sources[name]?.bytes)) return false;
  if (isDeepStrictEqual(states, await rememberedStates(directory))) return true;
  log(`Looking whether ${checkpoint} has changed …`);
  for (const name of names) {
    signal?.throwIfAborted();
    if ((await sha256OfFile(join(checkpoint, name))) !== sources[name]?.sha256) return false;
  }
  await rememberFileStates(directory, states);
  return true;
}

async function rememberedStates(directory: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(statesFile(directory), 'utf8'));
  } catch {
    return undefined;
  }
}
