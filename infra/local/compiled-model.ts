import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import { holdsCheckpoint } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { MANIFEST_FILE, type Manifest, readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { progressLine } from '../terminal/progress.ts';
import { UserError } from '../user-error.ts';
import { areUnchanged, readFileStates, rememberFileStates } from './source-files.ts';

export interface CompiledModel {
  directory: string;
  manifest: Manifest;
}

export interface CompiledModelOptions {
  /** Where a model that is compiled here is kept. */
  stateDirectory: string;
  /** Told what takes time. */
  log: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * The compiled model for a folder that holds one already or a checkpoint, which is then compiled and kept. What was kept
 * is used again while the checkpoint has the same files.
 * @throws {UserError | CheckpointError} where there is no model that both tiers can serve
 * @throws the signal's reason once it is aborted; nothing unfinished is left then
 */
export async function compiledModel(folder: string, options: CompiledModelOptions): Promise<CompiledModel> {
  const model = await findOrCompile(folder, options);
  // The backend does without a tokenizer, the edge cannot.
  if (model.manifest.files['tokenizer.json'] === undefined)
    throw new UserError(`${folder} has no tokenizer: the edge needs its tokenizer.json.`);
  // A worker that refuses it says so in the midst of its bundler's and its runtime's words.
  await readTokenizer(model.directory, model.manifest);
  return model;
}

async function findOrCompile(folder: string, options: CompiledModelOptions): Promise<CompiledModel> {
  if (await exists(join(folder, MANIFEST_FILE))) {
    const manifest = await readOrFail(folder);
    requireServableName(manifest.name);
    return { directory: resolve(folder), manifest };
  }
  if (!(await holdsCheckpoint(folder))) {
    throw new UserError(
      `${folder} holds neither a compiled model (manifest.json) nor a checkpoint (config.json).`,
    );
  }
  requireServableName(basename(resolve(folder)));
  const directory = keptDirectory(folder, options.stateDirectory);
  const manifest =
    (await keptManifest(directory, folder, options)) ?? (await compile(folder, directory, options));
  return { directory, manifest };
}

/** A model's name is part of addresses, and the edge refuses others. */
function requireServableName(name: string): void {
  if (/^[\w.-]+$/.test(name)) return;
  throw new UserError(
    `${JSON.stringify(name)} cannot be the name of a served model, which has letters, digits, ".", "_" and "-": ` +
      'rename the folder, or give another with "tandem model build … --name NAME".',
  );
}

async function compile(
  checkpoint: string,
  directory: string,
  { log, signal }: CompiledModelOptions,
): Promise<Manifest> {
  log(`Compiling ${basename(resolve(checkpoint))} (once; the result is kept) …`);
  const progress = progressLine('  writing weights');
  const started = performance.now();
  // Before the build: a file that changes meanwhile is looked at again.
  const states = await readFileStates(checkpoint);
  const manifest = await buildModel({
    checkpoint,
    out: directory,
    precision: 'fp32',
    ...(signal && { signal }),
    onProgress: ({ writtenBytes, totalBytes }) => progress.update(writtenBytes, totalBytes),
  }).finally(() => progress.end());
  await rememberFileStates(directory, states);
  log(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return manifest;
}

/** Two checkpoints may share a name: the path tells them apart. */
function keptDirectory(checkpoint: string, stateDirectory: string): string {
  const path = createHash('sha256').update(resolve(checkpoint)).digest('hex').slice(0, 8);
  return join(stateDirectory, 'models', `${basename(resolve(checkpoint))}-${path}-fp32`);
}

/** The kept manifest if it was made from the checkpoint's present files by this version of the compiler. */
async function keptManifest(
  directory: string,
  checkpoint: string,
  options: CompiledModelOptions,
): Promise<Manifest | undefined> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(directory);
    for (const name of Object.keys(manifest.files)) await access(join(directory, name));
  } catch {
    return undefined;
  }
  return (await areUnchanged({ ...options, checkpoint, directory, sources: manifest.sources }))
    ? manifest
    : undefined;
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
