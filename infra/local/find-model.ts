import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { holdsCheckpoint } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { MANIFEST_FILE } from '../../gpu-backend/compiler/manifest.ts';
import { findPulled, listPulled } from '../hub/cache.ts';
import { formatReference, type ModelReference, parseModelReference } from '../hub/model-reference.ts';
import { UserError } from '../user-error.ts';
import { listCompiled } from './compiled-models.ts';
import type { ModelPlaces } from './model-places.ts';

/** A folder with a checkpoint, and what is to be made of it. */
export interface CheckpointSource {
  /** The checkpoint's folder. */
  checkpoint: string;
  repository?: { id: string; commit: string };
  /** The name that it is served under. */
  name: string;
  /** The compiled model's folder among the kept ones, but for the precision. */
  keptName: string;
}

/** What a person may mean by a model's name: one that is compiled, or a checkpoint. */
export type FoundModel = { compiled: string } | CheckpointSource;

/**
 * Finds what `--model` names: a folder; a compiled model of the kept ones; a model of the hub that was pulled.
 * @throws {UserError} where it names nothing, or more than one thing, with what to do
 */
export async function findModel(name: string, places: ModelPlaces): Promise<FoundModel> {
  if (await exists(join(name, MANIFEST_FILE))) return { compiled: resolve(name) };
  if (await holdsCheckpoint(name)) return checkpointInFolder(name);
  if (await exists(name)) {
    throw new UserError(
      `${name} holds neither a compiled model (${MANIFEST_FILE}) nor a checkpoint (config.json, or ParlAI's model.opt).`,
    );
  }
  const compiled = await listCompiled(places.modelsDirectory);
  const itself = compiled.find((model) => basename(model.directory) === name);
  if (itself !== undefined) return { compiled: itself.directory };
  const reference = parseModelReference(name);
  const pulled = reference && (await findPulled(places.hubCache, reference));
  if (pulled !== undefined) return pulledCheckpoint(reference!, pulled);
  const called = compiled.filter(({ manifest, origin }) =>
    [manifest?.name, origin?.repository?.id].includes(name),
  );
  if (called.length === 1) return { compiled: called[0]!.directory };
  if (called.length > 1) {
    const folders = called.map(({ directory }) => basename(directory)).join(', ');
    throw new UserError(`there are several compiled models ${name}: name one of ${folders}.`);
  }
  throw await nothingFound(name, reference, places);
}

/**
 * The checkpoint that `tandem model build` names: a folder, or a model of the hub that was pulled.
 * @throws {UserError} where it names none, with what to do
 */
export async function findCheckpoint(name: string, places: ModelPlaces): Promise<CheckpointSource> {
  if (await exists(name)) return checkpointInFolder(name);
  const reference = parseModelReference(name);
  const pulled = reference && (await findPulled(places.hubCache, reference));
  if (pulled !== undefined) return pulledCheckpoint(reference!, pulled);
  throw await nothingFound(name, reference, places);
}

function checkpointInFolder(folder: string): CheckpointSource {
  const checkpoint = resolve(folder);
  const name = basename(checkpoint);
  // Two checkpoints may share a name: the path tells them apart.
  const path = createHash('sha256').update(checkpoint).digest('hex').slice(0, 8);
  return { checkpoint, name, keptName: `${name}-${path}` };
}

function pulledCheckpoint(
  { id, revision }: ModelReference,
  { directory, commit }: { directory: string; commit: string },
): CheckpointSource {
  const keptName = id.replaceAll('/', '--');
  return {
    checkpoint: directory,
    repository: { id, commit },
    name: id.split('/').at(-1)!,
    // One compiled model follows the default branch; each other revision that is asked for has its own.
    keptName: revision === undefined ? keptName : `${keptName}-${commit.slice(0, 12)}`,
  };
}

async function nothingFound(
  name: string,
  reference: ModelReference | undefined,
  { hubCache }: ModelPlaces,
): Promise<UserError> {
  if (reference === undefined) {
    return new UserError(
      `${JSON.stringify(name)} is no folder here, no compiled model ("tandem model list" shows them) and no model id.`,
    );
  }
  const others = (await listPulled(hubCache)).filter(({ id }) => id === reference.id);
  if (others.length > 0) {
    const revisions = others.map(({ revisions, commit }) => revisions[0] ?? commit).join(', ');
    return new UserError(
      `of ${reference.id} the revisions ${revisions} were pulled: name one, as ${reference.id}@REVISION, ` +
        `or run "npm run -s tandem -- model pull ${formatReference(reference)}".`,
    );
  }
  return new UserError(
    `${name} is no folder here and has not been pulled: run "npm run -s tandem -- model pull ${name}" first.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
