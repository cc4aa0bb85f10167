import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * A secret that is made once and kept in a file that only its owner reads: what it sealed is to open after the next
 * start, too.
 * @throws {Error} the file system's, where it refuses the file
 */
export async function keptSecret(file: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  try {
    await writeFile(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}
