import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../../infra/paths.ts';
import type * as compiledModels from '../../../infra/local/compiled-model.ts';
import type * as tandem from '../../../infra/local/tandem.ts';
import versions from './earlier-versions.json' with { type: 'json' };

const run = promisify(execFile);

/** A version that is out there: its tiers are to understand this one's. docs/releasing.md says when the list is changed. */
export interface EarlierVersion {
  name: string;
  commit: string;
  why: string;
}

export const EARLIER_VERSIONS: readonly EarlierVersion[] = versions;

/** What both tiers and the command that starts them consist of; the packages are today's. */
const FOLDERS = ['edge', 'gpu-backend', 'infra', 'shared', 'models/tandem-mini'];
const FILES = ['package.json', 'wrangler.toml', 'tsconfig.base.json'];

/** Whether git can take a version out: a shallow clone, and a copy without history, cannot. */
export function isInHistory({ commit }: EarlierVersion): Promise<boolean> {
  return run('git', ['cat-file', '-e', `${commit}^{tree}`], { cwd: PROJECT }).then(
    () => true,
    () => false,
  );
}

export interface CheckedOut {
  checkpoint: string;
  servableModel: typeof compiledModels.servableModel;
  startLocalTandem: typeof tandem.startLocalTandem;
  remove(): Promise<void>;
}

/**
 * An earlier version's own programs, out of git into a folder of the project, where they find its packages.
 * @throws {Error} git's, for a version that is not in history
 */
export async function checkOut({ commit }: EarlierVersion): Promise<CheckedOut> {
  const home = join(PROJECT, '.tandem');
  await mkdir(home, { recursive: true });
  const folder = await mkdtemp(join(home, `version-${commit.slice(0, 7)}-`));
  const archive = join(folder, 'version.tar');
  await run('git', ['archive', `--output=${archive}`, commit, ...FOLDERS, ...FILES], { cwd: PROJECT });
  await run('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return {
    checkpoint: join(folder, 'models/tandem-mini'),
    ...(await import(join(folder, 'infra/local/compiled-model.ts'))),
    ...(await import(join(folder, 'infra/local/tandem.ts'))),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
