import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../paths.ts';
import { buildStatic } from './build.ts';
import { writeFolder } from './write-folder.ts';

const WIDGET_TYPES = join(PROJECT, 'edge', 'widget', 'tsconfig.json');
const TSC = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');

/** What a script tag loads: no modules to import. */
const OF_THE_SCRIPT = ['widget.js', 'panel.js'];

/**
 * Writes what bundlers and Node take in place of a script tag: an npm package with the modules of edge/widget/ and their types.
 * It is apart from the project's own package, whose dependencies no page needs.
 * @returns the names of its modules: "client", "element"
 */
export async function writeWidgetPackage(folder: string): Promise<string[]> {
  const { contents } = await buildStatic();
  const { version, license } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  const modules = [...contents.keys()].filter(
    (path) => /^\w+\.js$/.test(path) && !OF_THE_SCRIPT.includes(path),
  );
  const names = modules.map((path) => path.replace(/\.js$/, ''));
  const manifest = {
    name: 'tandem-widget',
    version,
    description: 'A conversation with Tandem, for pages and for programs.',
    license,
    type: 'module',
    exports: Object.fromEntries(
      names.map((name) => [`./${name}`, { types: `./types/${name}.d.ts`, default: `./${name}.js` }]),
    ),
  };
  const types = await emitTypes(`${folder}-types-`);
  await writeFolder(
    folder,
    new Map<string, Uint8Array>([
      ['package.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
      ['LICENSE', await readFile(join(PROJECT, 'LICENSE'))],
      ...modules.map((path) => [path, contents.get(path)!] as const),
      ...types,
    ]),
  );
  return names;
}

/** @param prefix of a folder beside the package's, for as long as it takes */
async function emitTypes(prefix: string): Promise<[string, Uint8Array][]> {
  await mkdir(join(prefix, '..'), { recursive: true });
  const emitted = await mkdtemp(prefix);
  try {
    const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', emitted];
    await promisify(execFile)(process.execPath, [TSC, '-p', WIDGET_TYPES, ...options]);
    const names = (await readdir(emitted, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
    return await Promise.all(
      names.map(async (name) => [`types/${name}`, await typesOf(join(emitted, name))]),
    );
  } finally {
    await rm(emitted, { recursive: true });
  }
}

/** Declarations name what they import as a package's do: as JavaScript. */
async function typesOf(path: string): Promise<Uint8Array> {
  const text = await readFile(path, 'utf8');
  return Buffer.from(text.replace(/(['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2'));
}
