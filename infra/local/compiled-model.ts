import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import { openCheckpoint } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { type Manifest, type Precision, readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { defaultPrecision, type Target } from '../../gpu-backend/compiler/weights/default-precision.ts';
import { progressLine } from '../terminal/progress.ts';
import { UserError } from '../user-error.ts';
import { type CheckpointSource, findModel } from './find-model.ts';
import type { ModelPlaces } from './model-places.ts';
import { areUnchanged, readFileStates, rememberOrigin } from './source-files.ts';

export interface CompiledModel {
  directory: string;
  manifest: Manifest;
}

export interface CompiledModelOptions extends ModelPlaces {
  /** Of a checkpoint that is compiled here; what `precisionFor` a processor says if left out. */
  precision?: Precision;
  /** Told what takes time. */
  log: (line: string) => void;
  signal?: AbortSignal;
}

/** What a checkpoint is compiled to where nobody says otherwise. */
export async function precisionFor(checkpoint: string, target: Target = 'cpu'): Promise<Precision> {
  const { weights } = await openCheckpoint(checkpoint);
  await weights.close();
  return defaultPrecision(target, weights.tensors);
}

/**
 * The compiled model that a name means: a folder that holds one, or the name of a kept one; or a checkpoint in a folder or
 * pulled from the hub, which is then compiled and kept. What was kept is used again while the checkpoint has the same files.
 * @throws {UserError | CheckpointError} where there is no such model
 * @throws the signal's reason once it is aborted; nothing unfinished is left then
 */
export async function compiledModel(name: string, options: CompiledModelOptions): Promise<CompiledModel> {
  const found = await findModel(name, options);
  if ('compiled' in found) return openCompiled(found.compiled, options.precision);
  // Before anything is read of it: a name is sooner changed than a file.
  requireServableName(found.name);
  const { modelsDirectory, log, signal } = options;
  const precision = options.precision ?? (await precisionFor(found.checkpoint));
  const directory = keptDirectory(found, { modelsDirectory, precision });
  const kept = await keptManifest(directory, found, options);
  if (kept !== undefined) return { directory, manifest: kept };
  log(`Compiling ${found.name} (once; the result is kept) …`);
  const started = performance.now();
  const manifest = await compileKept(found, directory, { precision, ...(signal && { signal }) });
  log(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return { directory, manifest };
}

/**
 * `compiledModel` for both tiers.
 * @throws {UserError} also for a model that the backend could serve and the edge cannot
 */
export async function servableModel(name: string, options: CompiledModelOptions): Promise<CompiledModel> {
  const model = await compiledModel(name, options);
  // The backend does without a tokenizer, the edge cannot.
  if (model.manifest.files['tokenizer.json'] === undefined)
    throw new UserError(`${name} has no tokenizer: the edge needs its tokenizer.json.`);
  requireServableName(model.manifest.name);
  // A worker that refuses it says so in the midst of its bundler's and its runtime's words.
  await readTokenizer(model.directory, model.manifest);
  return model;
}

/** Where a checkpoint's compiled model is kept. */
export function keptDirectory(
  { keptName }: CheckpointSource,
  { modelsDirectory, precision }: { modelsDirectory: string; precision: Precision },
): string {
  return join(modelsDirectory, `${keptName}-${precision}`);
}

/**
 * Compiles a checkpoint into a folder, and shows how far it is.
 * @throws {CheckpointError} where it cannot be compiled; nothing is left behind
 */
export async function compile(
  { checkpoint, name }: CheckpointSource,
  out: string,
  { precision, signal }: { precision: Precision; signal?: AbortSignal },
): Promise<Manifest> {
  const progress = progressLine('writing weights');
  return buildModel({
    checkpoint,
    name,
    out,
    precision,
    ...(signal && { signal }),
    onProgress: ({ writtenBytes, totalBytes }) => progress.update(writtenBytes, totalBytes),
  }).finally(() => progress.end());
}

/** Compiles a checkpoint into a kept model's folder, and notes what it was made from. */
export async function compileKept(
  source: CheckpointSource,
  directory: string,
  options: { precision: Precision; signal?: AbortSignal },
): Promise<Manifest> {
  requireServableName(source.name);
  // Before the build: a file that changes meanwhile is looked at again.
  const files = await readFileStates(source.checkpoint);
  const manifest = await compile(source, directory, options);
  await rememberOrigin(directory, { ...originOf(source), files });
  return manifest;
}

function originOf({ checkpoint, repository }: CheckpointSource) {
  return { checkpoint, ...(repository && { repository }) };
}

/** A model's name is part of addresses, and the edge refuses others. */
function requireServableName(name: string): void {
  if (/^\w[\w.-]*$/.test(name)) return;
  throw new UserError(
    `${JSON.stringify(name)} cannot be the name of a served model, which has letters, digits, "_", "." and "-", the first of them no "." or "-": ` +
      'rename the folder, or give another with "tandem model build … --name NAME".',
  );
}

/** The kept manifest if it was made from the checkpoint's present files by this version of the compiler. */
async function keptManifest(
  directory: string,
  source: CheckpointSource,
  { log, signal }: CompiledModelOptions,
): Promise<Manifest | undefined> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(directory);
    for (const name of Object.keys(manifest.files)) await access(join(directory, name));
  } catch {
    return undefined;
  }
  const { sources } = manifest;
  const isCurrent = await areUnchanged({
    origin: originOf(source),
    directory,
    sources,
    log,
    ...(signal && { signal }),
  });
  return isCurrent ? manifest : undefined;
}

async function openCompiled(directory: string, precision: Precision | undefined): Promise<CompiledModel> {
  const manifest = await readManifest(directory).catch((error) => {
    throw new UserError((error as Error).message);
  });
  if (precision === undefined || precision === manifest.precision) return { directory, manifest };
  throw new UserError(
    `${directory} is compiled to ${manifest.precision}, not ${precision}: name its checkpoint to have it compiled anew.`,
  );
}
