import { basename, resolve } from 'node:path';
import { listPulled, type Snapshot } from '../hub/cache.ts';
import { parseModelReference } from '../hub/model-reference.ts';
import { UserError } from '../user-error.ts';
import { type KeptModel, listCompiled, readCompiled } from './compiled-models.ts';
import type { ModelPlaces } from './model-places.ts';

export interface NamedModels {
  compiled: KeptModel[];
  pulled: Snapshot[];
}

/**
 * Everything on this machine that a name stands for: compiled models whose folder, served name or model id it is, and the
 * pulled revisions of that id.
 */
export async function modelsNamed(name: string, places: ModelPlaces): Promise<NamedModels> {
  const reference = parseModelReference(name);
  const compiled = (await listCompiled(places.modelsDirectory)).filter(({ directory, manifest, origin }) =>
    [basename(directory), manifest?.name, origin?.repository?.id].includes(name),
  );
  const pulled = (await listPulled(places.hubCache)).filter(
    ({ id, commit, revisions }) =>
      id === reference?.id &&
      (reference.revision === undefined || [commit, ...revisions].includes(reference.revision)),
  );
  return { compiled, pulled };
}

/** Every name that stands for a model on this machine, shortly: folders of compiled ones, ids of pulled ones. */
export async function modelNames({ modelsDirectory, hubCache }: ModelPlaces): Promise<string[]> {
  const compiled = (await listCompiled(modelsDirectory)).map(({ directory }) => basename(directory));
  const pulled = (await listPulled(hubCache)).map(({ id }) => id);
  return [...new Set([...compiled, ...pulled])];
}

/** `modelsNamed`, or the compiled model in a folder. @throws {UserError} where there is nothing */
export async function modelsNamedOrIn(name: string, places: ModelPlaces): Promise<NamedModels> {
  const inFolder = await readCompiled(resolve(name));
  if (inFolder !== undefined) return { compiled: [inFolder], pulled: [] };
  const { compiled, pulled } = await modelsNamed(name, places);
  if (compiled.length + pulled.length === 0) throw unknownModel(name);
  return { compiled, pulled };
}

export function unknownModel(name: string): UserError {
  return new UserError(
    `no model ${JSON.stringify(name)} is compiled or pulled: "tandem model list" shows what is.`,
  );
}
