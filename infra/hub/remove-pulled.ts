import { lstat, readdir, rm } from 'node:fs/promises';
import { UserError } from '../user-error.ts';
import type { ModelCache } from './cache.ts';

// What the hub's programs put into a model's folder, with the listings that Python's keeps.
const PARTS = ['blobs', 'refs', 'snapshots', '.no_exist', 'trees'];

/**
 * Deletes all revisions of a pulled model, unfinished ones too.
 * @throws {UserError} where its folder is a link, or holds what no program of the hub made; nothing is deleted then
 */
export async function removePulled({ directory }: ModelCache): Promise<void> {
  if (!(await lstat(directory)).isDirectory())
    throw new UserError(`${directory} is a link to another place: delete that by hand.`);
  const foreign = (await readdir(directory)).find(
    (name) => !PARTS.includes(name) && !name.startsWith('.unfinished-'),
  );
  if (foreign !== undefined) {
    throw new UserError(
      `${directory} holds ${JSON.stringify(foreign)}, which is no part of a model: take it out first.`,
    );
  }
  await rm(directory, { recursive: true });
}
