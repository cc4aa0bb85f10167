import { ConfigError } from '../config.ts';
import { type Manifest, readManifest } from '../compiler/manifest.ts';

/** A model that the server is told to serve. */
export interface ModelSource {
  /** As URLs name it; its manifest's name where there is none. */
  name: string | undefined;
  /** What `tandem model build` wrote. */
  directory: string;
}

export interface NamedModelSource extends ModelSource {
  name: string;
}

/**
 * The models that the configuration names: MODEL_DIR's first.
 * @param flags values of `--model`: NAME=DIR, or DIR for the manifest's name
 * @throws {ConfigError}
 */
export function readModelSources(
  { modelDirectory, modelName }: { modelDirectory: string | undefined; modelName: string | undefined },
  flags: readonly string[],
): ModelSource[] {
  const first = modelDirectory === undefined ? [] : [{ name: modelName, directory: modelDirectory }];
  const sources = [...first, ...flags.map(readFlag)];
  if (sources.length > 0) return sources;
  throw new ConfigError(
    'MODEL_DIR is missing: set it to what `tandem model build` wrote, or name models with --model NAME=DIR.',
  );
}

function readFlag(flag: string): ModelSource {
  const [, name, directory] = /^(?:([^=]*)=)?(.*)$/s.exec(flag)!;
  if (directory !== '' && name !== '') return { name, directory: directory! };
  throw new ConfigError(`--model must be NAME=DIR, not ${JSON.stringify(flag)}.`);
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
