export interface PackageJson {
  name: string;
  version: string;
  type?: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

type Dependencies = Record<string, string>;

interface LockedPackage {
  dependencies?: Dependencies;
  optionalDependencies?: Dependencies;
  peerDependencies?: Dependencies;
  optional?: boolean;
}

/** package-lock.json of version 3: packages by their folder, `node_modules/a/node_modules/b`; the project's is ''. */
export interface Lockfile {
  name: string;
  version: string;
  lockfileVersion: number;
  packages: Record<string, LockedPackage>;
}

/**
 * What npm needs to install `wanted` and all that they need, in the very versions and with the hashes of the whole project's
 * lockfile. Every wanted package is a plain dependency then: none may be missing.
 * @throws {Error} where a package is not locked
 */
export function trimToPackages(
  project: PackageJson,
  lockfile: Lockfile,
  wanted: string[],
): { packageJson: PackageJson; lockfile: Lockfile } {
  const { name, version, type, license } = project;
  const versions = { ...project.optionalDependencies, ...project.dependencies };
  const dependencies = Object.fromEntries(
    wanted.map((packageName) => [packageName, versions[packageName] ?? notDeclared(packageName)]),
  );
  const packageJson = { name, version, ...(type && { type }), ...(license && { license }), dependencies };
  const packages: Lockfile['packages'] = { '': packageJson };
  const isWanted = (folder: string) => wanted.some((packageName) => folder === `node_modules/${packageName}`);
  for (const folder of neededFolders(lockfile, wanted)) {
    const { optional, ...locked } = lockfile.packages[folder]!;
    packages[folder] = { ...locked, ...(optional && !isWanted(folder) && { optional }) };
  }
  return { packageJson, lockfile: { ...lockfile, packages } };
}

function neededFolders({ packages }: Lockfile, wanted: string[]): string[] {
  const needed = new Set<string>();
  const waiting = wanted.map((name) => ({ from: '', name, isOptional: false }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, name, isOptional } = next;
    const folder = resolveFolder(packages, from, name);
    if (folder === undefined) {
      if (isOptional) continue;
      throw new Error(`package-lock.json lacks ${name}, which ${from || 'the backend'} needs.`);
    }
    if (needed.has(folder)) continue;
    needed.add(folder);
    const { dependencies, optionalDependencies, peerDependencies } = packages[folder]!;
    const follow = (names: Dependencies | undefined, areOptional: boolean) => {
      for (const dependency of Object.keys(names ?? {}))
        waiting.push({ from: folder, name: dependency, isOptional: areOptional });
    };
    follow(dependencies, false);
    follow(optionalDependencies, true);
    // A peer is the business of whoever has both; where nobody installed it, nobody needs it.
    follow(peerDependencies, true);
  }
  return [...needed].sort();
}

/** Where Node finds `name` when the package in `from` asks for it: the nearest node_modules upwards. */
function resolveFolder(packages: Lockfile['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (folder === '') return undefined;
  }
}

function notDeclared(name: string): never {
  throw new Error(`package.json lacks ${name}, which the backend imports.`);
}
