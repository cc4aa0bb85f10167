import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end and returns what it wrote. @throws {Error} with its last words where it fails */
export async function command(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(program, args, options).catch((error: Error & { stderr?: string }) => {
    throw new Error(
      `${program} ${args.slice(0, 2).join(' ')} failed: ${(error.stderr ?? error.message).slice(-2000)}`,
    );
  });
  return stdout.trim();
}

/** Why images cannot be built and run here; undefined where they can. */
export async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'a Linux machine with an x64 processor is needed';
  if (process.getuid?.() !== 0) return 'debootstrap and mounts need root: run it with sudo';
  for (const program of ['buildah', 'debootstrap']) {
    const isThere = await command(program, ['--version']).then(
      () => true,
      () => false,
    );
    if (!isThere) return `${program} is missing: apt-get install --no-install-recommends buildah debootstrap`;
  }
  return undefined;
}
