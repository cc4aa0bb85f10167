import { basename, join } from 'node:path';
import * as z from 'zod';
import { PROJECT, WRANGLER_CONFIG } from '../paths.ts';

const configSchema = z.looseObject({
  main: z.string(),
  build: z.looseObject({ watch_dir: z.array(z.string()) }),
  assets: z.looseObject({ directory: z.string() }),
  alias: z.record(z.string(), z.string()),
});
const environmentsSchema = configSchema.extend({
  env: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** What wrangler.toml says of one environment, and of no other. */
export type EdgeConfig = z.infer<typeof configSchema>;

const MODEL_ALIAS = 'tandem-model/';

/**
 * wrangler.toml as it is read for one environment; for development without a name. What an environment says stands in the place
 * of what the top says: of what wrangler would not hand down, a test sees to it that each environment says all.
 */
export async function readEdgeConfig(environment?: string): Promise<EdgeConfig> {
  // Only here: the module is all of wrangler.
  const { experimental_readRawConfig } = await import('wrangler');
  const { env, ...top } = environmentsSchema.parse(
    experimental_readRawConfig({ config: WRANGLER_CONFIG }).rawConfig,
  );
  return configSchema.parse({ ...top, ...(environment !== undefined && env[environment]) });
}

/** A configuration that may stand in any folder. @param modelDirectory whose tokenizer and configuration it has; wrangler.toml's if left out */
export function placedConfig(config: EdgeConfig, modelDirectory?: string): EdgeConfig {
  const { main, build, assets, alias } = config;
  const inProject = (path: string) => join(PROJECT, path);
  const aliases = Object.entries(alias).map(([name, path]) => [
    name,
    modelDirectory !== undefined && name.startsWith(MODEL_ALIAS)
      ? join(modelDirectory, basename(name))
      : inProject(path),
  ]);
  return {
    ...config,
    main: inProject(main),
    build: { ...build, cwd: PROJECT, watch_dir: build.watch_dir.map(inProject) },
    assets: { ...assets, directory: inProject(assets.directory) },
    alias: Object.fromEntries(aliases),
  };
}

/**
 * wrangler.toml for another folder and model: its worker, its static files, its bindings, and the tokenizer and configuration
 * of the compiled model. A file and not `wrangler dev --alias`, which takes aliases and ignores them.
 */
export async function edgeConfig(modelDirectory: string): Promise<object> {
  return placedConfig(await readEdgeConfig(), modelDirectory);
}
