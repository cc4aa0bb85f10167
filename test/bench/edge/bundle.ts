import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PROJECT, WRANGLER_MAIN } from '../../../infra/paths.ts';
import { runCommand } from '../run-command.ts';

/** The worker as it is deployed. */
export interface Bundle {
  /** The script and the text modules beside it, by the names that the script imports. */
  modules: { name: string; contents: string }[];
  bytes: number;
  gzipBytes: number;
}

/** What keeps wrangler off the network. */
export const WRANGLER_ENVIRONMENT = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
};

/** Bundles the worker with the embedded model, as `wrangler deploy` would send it. */
export async function bundleWorker(folder: string): Promise<Bundle> {
  const args = [WRANGLER_MAIN, 'deploy', '--dry-run', '--outdir', folder];
  await runCommand(process.execPath, args, { cwd: PROJECT, env: WRANGLER_ENVIRONMENT });
  // The rest is wrangler's own: a map of the source, and a note on the folder.
  const names = (await readdir(folder)).filter((name) => !/\.map$|^README\.md$/.test(name));
  const modules = await Promise.all(
    names.map(async (name) => ({ name, contents: await readFile(join(folder, name), 'utf8') })),
  );
  const whole = modules.map(({ contents }) => contents).join('');
  return { modules, bytes: Buffer.byteLength(whole), gzipBytes: gzipSync(whole, { level: 9 }).byteLength };
}

const STARTS = 7;

/**
 * Milliseconds of work that the worker's start takes in workerd on this machine, as `wrangler check startup` finds them in a
 * profile: the least of several starts, for whatever else the machine does only adds to it.
 */
export async function measureStartup(folder: string): Promise<number> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) starts.push(await measureStart(folder));
  return Math.min(...starts);
}

async function measureStart(folder: string): Promise<number> {
  const args = [WRANGLER_MAIN, 'check', 'startup', '--outfile', join(folder, 'startup.cpuprofile')];
  const said = await runCommand(process.execPath, args, { cwd: PROJECT, env: WRANGLER_ENVIRONMENT });
  const active = /Active: ([\d.]+) ms/.exec(said)?.[1];
  if (active === undefined) throw new Error('`wrangler check startup` does not say how long the start took.');
  return Number(active);
}
