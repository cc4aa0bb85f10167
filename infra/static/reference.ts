import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from '../paths.ts';

const DESCRIPTION = join(PROJECT, 'edge', 'openapi', 'openapi.json.txt');

// What JSX becomes needs a bundler: Node only leaves types out.
const PROGRAM = `
import { Reference } from './reference.tsx';
export const render = (description) => String(Reference({ description }));
`;

/**
 * The reference of the API as HTML, from the edge's description of itself: what stands in the page /docs. It becomes part of
 * the worker, for which rendering it would be the work of all of a request's time.
 */
export async function referenceHtml(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: join(PROJECT, 'edge', 'pages', 'docs'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
  });
  const program = Buffer.from(outputFiles[0]!.contents).toString('base64');
  const { render } = await import(`data:text/javascript;base64,${program}`);
  return render(JSON.parse(await readFile(DESCRIPTION, 'utf8')));
}
