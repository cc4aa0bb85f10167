import { access, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TANDEM_HOME } from '../../infra/paths.ts';
import { runCommand } from './run-command.ts';

export const inBench = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** What the bench makes for itself: environments, checkpoints, compiled models. */
export const BENCH_STATE = join(TANDEM_HOME, 'bench');

/** A Python with torch and transformers: the one given, or the bench's own, made on first use. */
export async function findPython(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const venv = join(BENCH_STATE, 'venv');
  const python = join(venv, 'bin', 'python');
  await installOnce(inBench('requirements.txt'), venv, async (requirements) => {
    console.error('Installing torch and transformers for the bench (once) …');
    await runCommand('python3', ['-m', 'venv', '--clear', venv]);
    await runCommand(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  });
  return python;
}

/** A folder for PYTHONPATH with what the export for transformers.js needs beside `python`'s own packages. */
export async function exportPackages(python: string): Promise<string> {
  const folder = join(BENCH_STATE, 'export-packages');
  await installOnce(inBench('requirements-export.txt'), folder, async (requirements) => {
    const options = ['--quiet', '--no-deps', '--target', folder];
    await runCommand(python, ['-m', 'pip', 'install', ...options, '-r', requirements]);
  });
  return folder;
}

/** The bench's own node_modules with transformers.js, which the project does not depend on. */
export async function transformersJsFolder(): Promise<string> {
  const folder = join(BENCH_STATE, 'transformers-js');
  await installOnce(inBench('transformers-js/package-lock.json'), folder, async (lockfile) => {
    await mkdir(folder, { recursive: true });
    await copyFile(lockfile, join(folder, 'package-lock.json'));
    await copyFile(inBench('transformers-js/package.json'), join(folder, 'package.json'));
    await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
      cwd: folder,
    });
  });
  return folder;
}

/** Installs what `list` says into `folder`, from nothing, unless it is there. */
export async function installOnce(
  list: string,
  folder: string,
  install: (list: string) => Promise<void>,
): Promise<void> {
  const installed = join(folder, 'installed.txt');
  const wanted = await readFile(list, 'utf8');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return;
  await rm(folder, { recursive: true, force: true });
  await install(list);
  await writeFile(installed, wanted);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
