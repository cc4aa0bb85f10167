import { basename, join } from 'node:path';
import * as z from 'zod';
import { PROJECT, WRANGLER_CONFIG } from '../paths.ts';

const configSchema = z.looseObject({
  main: z.string(),
  build: z.looseObject({ watch_dir: z.array(z.string()) }),
  assets: z.looseObject({ directory: z.string() }),
  alias: z.record(z.string(), z.string()),
});

const MODEL_ALIAS = 'tandem-model/';

/**
 * wrangler.toml for another folder and model: its worker, its static files, its bindings, and the tokenizer and configuration
 * of the compiled model. A file and not `wrangler dev --alias`, which takes aliases and ignores them.
 */
export async function edgeConfig(modelDirectory: string): Promise<object> {
  // Only here: the module is all of wrangler.
  const { experimental_readRawConfig } = await import('wrangler');
  const config = configSchema.parse(experimental_readRawConfig({ config: WRANGLER_CONFIG }).rawConfig);
  const { main, build, assets, alias } = config;
  const inProject = (path: string) => join(PROJECT, path);
  const aliases = Object.entries(alias).map(([name, path]) => [
    name,
    name.startsWith(MODEL_ALIAS) ? join(modelDirectory, basename(name)) : inProject(path),
  ]);
  return {
    ...config,
    main: inProject(main),
    build: { ...build, cwd: PROJECT, watch_dir: build.watch_dir.map(inProject) },
    assets: { ...assets, directory: inProject(assets.directory) },
    alias: Object.fromEntries(aliases),
  };
}
