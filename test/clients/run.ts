/**
 * Runs the tests with other people's Python clients: `npm run test:clients`, or `npm run test:clients -- -k triton` for
 * some. Their packages go into an environment of their own, once. Needs Python 3.10 to 3.13.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TANDEM_HOME } from '../../infra/paths.ts';
import { installOnce } from '../bench/environment.ts';
import { runCommand } from '../bench/run-command.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const environment = join(TANDEM_HOME, 'clients');
const python = join(environment, 'bin', 'python');

await installOnce(here('requirements.txt'), environment, async (requirements) => {
  console.error('Installing the clients (once) …');
  await runCommand('python3', ['-m', 'venv', '--clear', environment]);
  await runCommand(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
});
const { status } = spawnSync(python, ['-m', 'pytest', here('.'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // The tests start Tandem's programs with the Node that started them.
  env: { ...process.env, TANDEM_NODE: process.execPath },
});
process.exitCode = status ?? 1;
