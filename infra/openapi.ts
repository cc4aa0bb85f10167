/** Writes the edge's description of itself: `npm run openapi`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT } from './paths.ts';

const FOLDER = join(PROJECT, 'edge', 'openapi');

// By an address that is made here: the edge's source has globals of its own, which this program's types do not know.
const source = (name: string) => import(pathToFileURL(join(FOLDER, name)).href);
const { OPERATIONS } = await source('operations.ts');
const { openapiDocument } = await source('document.ts');
const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));

const text = JSON.stringify(openapiDocument(OPERATIONS, version), null, 1);
await writeFile(join(FOLDER, 'openapi.json.txt'), `${text}\n`);
