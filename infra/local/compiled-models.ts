import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  filesOfBuild,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
} from '../../gpu-backend/compiler/manifest.ts';
import { UserError } from '../user-error.ts';
import { type Origin, originFile, readOrigin } from './source-files.ts';

/** A compiled model's folder, and what is known of it. */
export interface KeptModel {
  directory: string;
  /** `undefined` for a build of another version of Tandem, which takes room and cannot be served. */
  manifest: Manifest | undefined;
  origin: Origin | undefined;
  /** The files that the build made, the manifest included. */
  files: string[];
  bytes: number;
  builtAt: Date;
}

/** The compiled models in a folder, by name; other folders are left out. */
export async function listCompiled(modelsDirectory: string): Promise<KeptModel[]> {
  const names = await readdir(modelsDirectory).catch(() => []);
  const found: KeptModel[] = [];
  for (const name of names.filter((name) => !name.startsWith('.')).sort()) {
    const model = await readCompiled(join(modelsDirectory, name));
    if (model !== undefined) found.push(model);
  }
  return found;
}

/** The compiled model in a folder; `undefined` where no build made it. */
export async function readCompiled(directory: string): Promise<KeptModel | undefined> {
  const files = await filesOfBuild(directory);
  if (files === undefined) return undefined;
  const sizes = await Promise.all(files.map((name) => sizeOf(join(directory, name))));
  return {
    directory,
    manifest: await readManifest(directory).catch(() => undefined),
    origin: await readOrigin(directory),
    files,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    builtAt: (await stat(join(directory, MANIFEST_FILE))).mtime,
  };
}

/**
 * Deletes a kept model and what was noted of its origin.
 * @throws {UserError} where its folder holds something that no build made; nothing is deleted then
 */
export async function removeCompiled({ directory, files }: KeptModel): Promise<void> {
  const foreign = (await readdir(directory)).find((name) => !files.includes(name));
  if (foreign !== undefined) {
    throw new UserError(
      `${basename(directory)} holds ${JSON.stringify(foreign)}, which no build made: take it out of ${directory} first.`,
    );
  }
  await rm(directory, { recursive: true });
  await rm(originFile(directory), { force: true });
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
