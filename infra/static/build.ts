import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { PROJECT } from '../paths.ts';
import { staticHeaders } from './headers.ts';

/** A file that the edge serves as it is, besides the worker. */
export interface StaticFile {
  /** Its address's path: "/assets/widget-fL3x….js". */
  path: string;
  /** For the `integrity` attribute of what embeds it. */
  integrity: string;
  bytes: number;
  gzipBytes: number;
}

export interface StaticBuild {
  /** By path, without the first slash. */
  contents: Map<string, Uint8Array>;
  /** Those with a hash in their names, by their names without it: "widget.js". The worker's pages link to them by this list. */
  hashed: Record<string, StaticFile>;
}

/** What stands under a name for ever, since the name says what it holds. */
const HASHED_FOLDER = 'assets';
const HASH_LENGTH = 12;

// Of spring 2024: what the widget's code uses all of them have.
const TARGET = ['chrome123', 'firefox124', 'safari17.4'];

const COMMON: BuildOptions = {
  bundle: true,
  minify: true,
  write: false,
  target: TARGET,
  platform: 'browser',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

const WIDGET = join(PROJECT, 'edge', 'widget');
const PAGES = join(PROJECT, 'edge', 'pages', 'client');
const PUBLIC = join(PROJECT, 'edge', 'pages', 'public');

/**
 * Bundles what browsers load. Nothing is written.
 *
 * - each script in edge/widget/ (not in its folders) under its own name, for other people's pages: widget.js is a classic script,
 *   the others are modules. Besides under a name with its hash.
 * - each script and style in edge/pages/client/, likewise, under a name with its hash alone.
 * - each language in edge/widget/words/ as words/LANGUAGE.json.
 * - what is asked for by names of its own, in edge/pages/public/, as it stands.
 *
 * @throws esbuild's, which it has printed, where the source is wrong
 */
export async function buildStatic(): Promise<StaticBuild> {
  const contents = new Map<string, Uint8Array>();
  const hashed: Record<string, StaticFile> = {};

  for (const source of await filesIn(WIDGET, ['.ts'])) {
    const name = `${parse(source).name}.js`;
    // Built before it, as their names are sorted.
    const panel = JSON.stringify(hashed['panel.js']?.path);
    const code = await (name === 'widget.js'
      ? bundle(source, { format: 'iife', define: { PANEL_PATH: panel } })
      : bundle(source, { format: 'esm' }));
    contents.set(name, code);
    addHashed(name, code);
  }
  for (const source of await filesIn(PAGES, ['.ts', '.css'])) {
    const { name, ext } = parse(source);
    addHashed(`${name}${ext === '.ts' ? '.js' : ext}`, await bundle(source, { format: 'esm' }));
  }
  for (const source of await filesIn(join(WIDGET, 'words'), ['.ts'])) {
    const language = parse(source).name;
    if (!LANGUAGE.test(language)) continue;
    const { default: words } = await import(pathToFileURL(source).href);
    contents.set(`words/${language}.json`, Buffer.from(JSON.stringify(words)));
  }
  for (const source of await filesIn(PUBLIC, ['.svg', '.txt'])) {
    contents.set(basename(source), await readFile(source));
  }
  const shortLived = [...contents.keys()].filter((path) => !path.startsWith(`${HASHED_FOLDER}/`));
  contents.set('_headers', Buffer.from(staticHeaders(shortLived.map((path) => `/${path}`))));
  return { contents, hashed };

  function addHashed(name: string, code: Uint8Array) {
    const { name: stem, ext } = parse(name);
    const hash = createHash('sha256').update(code).digest('base64url').slice(0, HASH_LENGTH);
    const path = `${HASHED_FOLDER}/${stem}-${hash}${ext}`;
    contents.set(path, code);
    hashed[name] = {
      path: `/${path}`,
      integrity: `sha384-${createHash('sha384').update(code).digest('base64')}`,
      bytes: code.byteLength,
      gzipBytes: gzipSync(code, { level: 9 }).byteLength,
    };
  }
}

/** "de", "pt-BR": what is no language is the source's own. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z][\w-]+)?$/;

/** A style sheet that a script imports is text in it, with all that it imports itself: for adopted style sheets. */
const styleAsText: Plugin = {
  name: 'style-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      return { contents: new TextDecoder().decode(await bundle(path, {})).trim(), loader: 'text' };
    });
  },
};

async function bundle(source: string, options: BuildOptions): Promise<Uint8Array> {
  const plugins = source.endsWith('.css') ? [] : [styleAsText];
  const { outputFiles } = await build({ ...COMMON, ...options, entryPoints: [source], plugins, outdir: '.' });
  return outputFiles!.find(({ path }) => /\.(js|css)$/.test(path))!.contents;
}

/** In an order that is the same everywhere; none where there is no such folder. */
async function filesIn(folder: string, extensions: string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && extensions.includes(parse(entry.name).ext))
    .filter(({ name }) => !name.endsWith('.d.ts'))
    .map(({ name }) => join(folder, basename(name)))
    .sort();
}
