import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { PROJECT } from '../paths.ts';

/** What is deployed, for people to recognise it: the program's version, and its commit where this is a clone. */
export async function releaseName(): Promise<string> {
  const commit = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--exclude=*'], {
    cwd: PROJECT,
  }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  return commit === undefined ? packageJson.version : `${packageJson.version} (${commit})`;
}
