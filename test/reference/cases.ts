import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Other people's vocabularies are not part of the project: they lie beside it where its makers work. */
export const SHARED_REFERENCE = fromHere('../../../shared/reference');

/** The lines of a cases.jsonl, parsed. */
export function readCases<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

export const isThere = (path: string): boolean => existsSync(path);
