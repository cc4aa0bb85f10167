import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { sourceFilesOf } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { sha256OfFile } from '../../gpu-backend/compiler/hash-file.ts';
import type { Manifest } from '../../gpu-backend/compiler/manifest.ts';

const statesSchema = z.record(
  z.string(),
  z.object({ bytes: z.number(), modifiedMs: z.number(), changedMs: z.number() }),
);

/** What of a file changes with its content, by name. The time of the last change of status cannot be set back. */
export type FileStates = z.infer<typeof statesSchema>;

const originSchema = z.object({
  /** The checkpoint's folder. */
  checkpoint: z.string(),
  /** Where on the hub the checkpoint comes from, if it was pulled. */
  repository: z.object({ id: z.string(), commit: z.string() }).optional(),
  files: statesSchema,
});

/** What a kept model was made from. */
export type Origin = z.infer<typeof originSchema>;

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
export const originFile = (directory: string) => `${directory}.origin.json`;

/** Keeps what the model in `directory` was made from. */
export async function rememberOrigin(directory: string, origin: Origin): Promise<void> {
  await writeFile(originFile(directory), `${JSON.stringify(origin, null, 1)}\n`);
}

/** What the model in `directory` was made from; `undefined` where nothing readable says so. */
export async function readOrigin(directory: string): Promise<Origin | undefined> {
  try {
    return originSchema.parse(JSON.parse(await readFile(originFile(directory), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Whether a checkpoint has the files that a kept model was made from, and no others. Weights may be gigabytes: they
 * are read only where a file's state is not the remembered one.
 */
export async function areUnchanged({
  origin,
  directory,
  sources,
  log,
  signal,
}: {
  origin: Omit<Origin, 'files'>;
  directory: string;
  sources: Manifest['sources'];
  log: (line: string) => void;
  signal?: AbortSignal;
}): Promise<boolean> {
  const { checkpoint } = origin;
  const files = await readFileStates(checkpoint);
  const names = Object.keys(files);
  if (!isDeepStrictEqual(names.toSorted(), Object.keys(sources).toSorted())) return false;
  if (names.some((name) => files[name]?.bytes !== sources[name]?.bytes)) return false;
  const remembered = await readOrigin(directory);
  if (isDeepStrictEqual(files, remembered?.files)) return true;
  log(`Looking whether ${checkpoint} has changed …`);
  for (const name of names) {
    signal?.throwIfAborted();
    if ((await sha256OfFile(join(checkpoint, name))) !== sources[name]?.sha256) return false;
  }
  await rememberOrigin(directory, { ...origin, files });
  return true;
}
