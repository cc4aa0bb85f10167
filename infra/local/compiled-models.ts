import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MANIFEST_FILE, type Manifest, readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { UserError } from '../user-error.ts';
import { type Origin, originFile, readOrigin } from './source-files.ts';

/** A compiled model's folder, and what is known of it. */
export interface KeptModel {
  directory: string;
  manifest: Manifest;
  origin: Origin | undefined;
  bytes: number;
  builtAt: Date;
}

/** The compiled models in a folder, by name; what is none, or was built by another version, is left out. */
export async function listCompiled(modelsDirectory: string): Promise<KeptModel[]> {
  const names = await readdir(modelsDirectory).catch(() => []);
  const found: KeptModel[] = [];
  for (const name of names.filter((name) => !name.startsWith('.')).sort()) {
    const model = await readCompiled(join(modelsDirectory, name)).catch(() => undefined);
    if (model !== undefined) found.push(model);
  }
  return found;
}

/** @throws {UserError} where a folder holds no compiled model of this version */
export async function readCompiled(directory: string): Promise<KeptModel> {
  const manifest = await readManifest(directory).catch((error) => {
    throw new UserError((error as Error).message);
  });
  const { mtime } = await stat(join(directory, MANIFEST_FILE));
  return {
    directory,
    manifest,
    origin: await readOrigin(directory),
    bytes: compiledBytes(manifest),
    builtAt: mtime,
  };
}

/** The size of a compiled model's files, but for the manifest. */
export function compiledBytes({ files }: Manifest): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Deletes a kept model and what was noted of its origin.
 * @throws {UserError} where its folder holds something that no build made; nothing is deleted then
 */
export async function removeCompiled({ directory, manifest }: KeptModel): Promise<void> {
  const ours = [...Object.keys(manifest.files), MANIFEST_FILE];
  const foreign = (await readdir(directory)).find((name) => !ours.includes(name));
  if (foreign !== undefined) {
    throw new UserError(
      `${basename(directory)} holds ${JSON.stringify(foreign)}, which no build made: take it out of ${directory} first.`,
    );
  }
  await rm(directory, { recursive: true });
  await rm(originFile(directory), { force: true });
}
