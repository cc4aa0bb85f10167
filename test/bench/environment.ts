import { access, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOCAL_STATE } from '../../infra/paths.ts';
import { runCommand } from './run-command.ts';

export const inBench = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** What the bench makes for itself: environments, checkpoints, compiled models. */
export const BENCH_STATE = join(LOCAL_STATE, 'bench');

const REQUIREMENTS = inBench('requirements.txt');

/** A Python with torch and transformers: the one given, or the bench's own, made on first use. */
export async function findPython(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const venv = join(BENCH_STATE, 'venv');
  const python = join(venv, 'bin', 'python');
  const installed = join(venv, 'installed-requirements.txt');
  const wanted = await readFile(REQUIREMENTS, 'utf8');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return python;
  console.error('Installing torch and transformers for the bench (once) …');
  await runCommand('python3', ['-m', 'venv', '--clear', venv]);
  await runCommand(python, ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS]);
  await writeFile(installed, wanted);
  return python;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The bench's own node_modules with transformers.js, which the project does not depend on. */
export async function transformersJsFolder(): Promise<string> {
  const folder = join(BENCH_STATE, 'transformers-js');
  await mkdir(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(inBench(`transformers-js/${file}`), join(folder, file));
  await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: folder });
  return folder;
}
