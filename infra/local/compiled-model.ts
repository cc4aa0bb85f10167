import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import { sha256OfFile } from '../../gpu-backend/compiler/hash-file.ts';
import { MANIFEST_FILE, type Manifest, readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { progressLine } from '../terminal/progress.ts';
import { UserError } from '../user-error.ts';

export interface CompiledModel {
  directory: string;
  manifest: Manifest;
}

/**
 * The compiled model for a folder that holds one already or a checkpoint, which is then compiled and kept. What was kept
 * is used again while the checkpoint's files are the same.
 * @param options.stateDirectory where it is kept
 * @param options.log told what takes time
 */
export async function compiledModel(
  folder: string,
  { stateDirectory, log }: { stateDirectory: string; log: (line: string) => void },
): Promise<CompiledModel> {
  if (await exists(join(folder, MANIFEST_FILE))) {
    const manifest = await readOrFail(folder);
    requireTokenizer(manifest, folder);
    return { directory: resolve(folder), manifest };
  }
  if (!(await exists(join(folder, 'config.json')))) {
    throw new UserError(
      `${folder} holds neither a compiled model (manifest.json) nor a checkpoint (config.json).`,
    );
  }
  const directory = keptDirectory(folder, stateDirectory);
  const kept = await keptManifest(directory, folder);
  // A model without a tokenizer is of no use here; its checkpoint may have got one since.
  if (kept !== undefined && hasTokenizer(kept)) return { directory, manifest: kept };
  log(`Compiling ${basename(resolve(folder))} (once; the result is kept) …`);
  const progress = progressLine('  writing weights');
  const started = performance.now();
  const manifest = await buildModel({
    checkpoint: folder,
    out: directory,
    precision: 'fp32',
    onProgress: ({ writtenBytes, totalBytes }) => progress.update(writtenBytes, totalBytes),
  }).finally(() => progress.end());
  log(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  requireTokenizer(manifest, folder);
  return { directory, manifest };
}

const hasTokenizer = (manifest: Manifest) => manifest.files['tokenizer.json'] !== undefined;

/** The backend does without a tokenizer, the edge cannot. */
function requireTokenizer(manifest: Manifest, folder: string): void {
  if (!hasTokenizer(manifest))
    throw new UserError(`${folder} has no tokenizer: the edge needs its tokenizer.json.`);
}

/** Two checkpoints may share a name: the path tells them apart. */
function keptDirectory(checkpoint: string, stateDirectory: string): string {
  const path = createHash('sha256').update(resolve(checkpoint)).digest('hex').slice(0, 8);
  return join(stateDirectory, 'models', `${basename(resolve(checkpoint))}-${path}-fp32`);
}

/** The kept manifest if it was made from the checkpoint's present bytes by this version of the compiler. */
async function keptManifest(directory: string, checkpoint: string): Promise<Manifest | undefined> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(directory);
    for (const [name, { sha256 }] of Object.entries(manifest.sources)) {
      if ((await sha256OfFile(join(checkpoint, name))) !== sha256) return undefined;
    }
    for (const name of Object.keys(manifest.files)) await access(join(directory, name));
  } catch {
    return undefined;
  }
  return manifest;
}

async function readOrFail(directory: string): Promise<Manifest> {
  try {
    return await readManifest(directory);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
