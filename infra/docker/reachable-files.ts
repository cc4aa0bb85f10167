import { posix } from 'node:path';

/** What a program is made of. */
export interface Reachable {
  /** Paths within the project, sorted. */
  files: string[];
  /** Names of the npm packages that the files import, sorted. */
  packages: string[];
}

// What is erased before it runs (`import type`) is not needed to run. A thread's or a child's program is named by its URL.
const IMPORT = /^(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC_IMPORT = /\bimport\('([^']+)'\)/g;
const PROGRAM_URL = /\bnew URL\(\s*'(\.[^']+)',\s*import\.meta\.url,?\s*\)/g;

/**
 * Follows imports from `entries` through the project's own files.
 * @param read a file's text by its path within the project
 */
export async function reachableFiles(
  entries: string[],
  read: (path: string) => Promise<string>,
): Promise<Reachable> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    if (!path.endsWith('.ts')) continue;
    for (const specifier of importedBy(await read(path))) {
      if (specifier.startsWith('.')) waiting.push(posix.join(posix.dirname(path), specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageOf(specifier));
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function importedBy(source: string): string[] {
  return [IMPORT, DYNAMIC_IMPORT, PROGRAM_URL].flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, specifier]) => specifier!),
  );
}

/** `@scope/name/path` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
