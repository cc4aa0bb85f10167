import { type Manifest, readManifest } from '../compiler/manifest.ts';
import type { ModelSource } from '../config/model-list.ts';

export interface NamedModelSource extends ModelSource {
  name: string;
}

/**
 * Gives each model its name, by a look into each folder.
 * @throws {Error} with one line, for a folder that holds no model of this version or a name that two models have
 */
export async function nameModels(
  sources: readonly ModelSource[],
  read: (directory: string) => Promise<Manifest> = readManifest,
): Promise<NamedModelSource[]> {
  const named: NamedModelSource[] = [];
  for (const { name, directory } of sources) {
    const manifest = await read(directory);
    named.push({ name: name ?? manifest.name, directory });
  }
  const repeated = named.find(({ name }, index) => named.findIndex((other) => other.name === name) !== index);
  if (repeated === undefined) return named;
  throw new Error(
    `two models are named "${repeated.name}": give one of them another name (--model NAME=DIR).`,
  );
}
