import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const PROJECT = inProject('.');
export const EMBEDDED_CHECKPOINT = inProject('models/tandem-mini');
/** What Tandem makes for itself and can make again: compiled models, local sessions, logs. */
export const TANDEM_HOME = resolve(process.env['TANDEM_HOME'] || inProject('.tandem'));
/** Compiled models: what `tandem model build` makes, and what is compiled on first use. */
export const COMPILED_MODELS = join(TANDEM_HOME, 'models');
export const BACKEND_MAIN = inProject('gpu-backend/main.ts');
export const WRANGLER_CONFIG = inProject('wrangler.toml');
export const WRANGLER_MAIN = inProject('node_modules/wrangler/wrangler-dist/cli.js');
/** What the edge serves besides the worker. wrangler.toml names it, so it stands in the project whatever TANDEM_HOME is. */
export const STATIC_FOLDER = inProject('.tandem/static');
/** Holds files.json, the list of those whose names have a hash, which becomes part of the worker. */
export const STATIC_LIST_FOLDER = inProject('.tandem/static-list');
/** The widget as an npm package. */
export const WIDGET_PACKAGE = inProject('.tandem/widget');
