import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placedConfig } from '../local/edge-config.ts';
import { namespacesWithIds } from './bindings.ts';
import type { Environment } from './environment.ts';
import type { RunWrangler } from './wrangler.ts';

/** The worker as it will be uploaded. */
export interface Bundle {
  /** Holds the script and the texts beside it. */
  folder: string;
  bytes: number;
  gzipBytes: number;
}

/**
 * Bundles the worker, once: what was looked at is what goes up.
 * @param folder of Tandem's own; emptied
 * @param modelDirectory of a compiled model; wrangler.toml's if left out
 * @throws {UserError} wrangler's, where it does not bundle
 */
export async function bundleWorker(
  environment: Environment,
  {
    folder,
    modelDirectory,
    wrangler,
  }: { folder: string; modelDirectory: string | undefined; wrangler: RunWrangler },
): Promise<Bundle> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const config = await writeConfig(folder, 'bundle', placedConfig(environment, modelDirectory));
  const bundle = join(folder, 'bundle');
  const { output } = await wrangler(['deploy', '--dry-run', '--config', config, '--outdir', bundle]);
  const size = output.find(({ type }) => type === 'deploy')?.bundle_size;
  if (size === undefined) throw new Error('wrangler does not tell the size of its bundle. This is a bug.');
  return { folder: bundle, bytes: size.raw_bytes, gzipBytes: size.gzip_bytes };
}

/** A configuration that uploads the bundle as it is. @returns its file */
export async function writeDeployConfig(
  environment: Environment,
  { folder, bundle, namespaces }: { folder: string; bundle: Bundle; namespaces: ReadonlyMap<string, string> },
): Promise<string> {
  const { build: _build, alias: _alias, ...config } = placedConfig(environment);
  return writeConfig(folder, 'wrangler', {
    ...config,
    kv_namespaces: namespacesWithIds(environment, namespaces),
    main: join(bundle.folder, 'worker.js'),
    no_bundle: true,
  });
}

async function writeConfig(folder: string, name: string, config: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(config, null, 2));
  return file;
}
