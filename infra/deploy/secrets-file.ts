import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { UserError } from '../user-error.ts';

/**
 * NAME=value a line. Nothing where there is no such file yet.
 * @throws {UserError} where it cannot be read, or could not be made because its folder is not there
 */
export async function readSecretsFile(file: string): Promise<Record<string, string | undefined>> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new UserError(`the secrets' file cannot be read: ${(error as Error).message}.`);
  }
  const folder = dirname(resolve(file));
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere)
    throw new UserError(
      `--secrets ${file}: there is no folder ${folder}. Make it, or name a file in another one.`,
    );
  return {};
}

/** Adds secrets to the file, which only its owner may read. @throws {Error} the file system's */
export async function addToSecretsFile(file: string, secrets: Record<string, string>): Promise<void> {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  // The mode holds for a new file; one that is there keeps its own.
  await writeFile(file, '', { mode: 0o600, flag: 'a' });
  await appendFile(file, lines.join(''));
}
