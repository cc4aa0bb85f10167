import { basename, join } from 'node:path';
import * as z from 'zod';
import { PROJECT, WRANGLER_CONFIG } from '../paths.ts';

const configSchema = z.looseObject({ main: z.string(), alias: z.record(z.string(), z.string()) });

/**
 * wrangler.toml for another folder and model: its worker, its bindings, and the tokenizer and configuration of the
 * compiled model. A file and not `wrangler dev --alias`, which takes aliases and ignores them.
 */
export async function edgeConfig(modelDirectory: string): Promise<object> {
  // Only here: the module is all of wrangler.
  const { experimental_readRawConfig } = await import('wrangler');
  const config = configSchema.parse(experimental_readRawConfig({ config: WRANGLER_CONFIG }).rawConfig);
  const aliases = Object.keys(config.alias).map((name) => [name, join(modelDirectory, basename(name))]);
  return { ...config, main: join(PROJECT, config.main), alias: Object.fromEntries(aliases) };
}
