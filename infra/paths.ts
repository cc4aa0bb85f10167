import { fileURLToPath } from 'node:url';

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const PROJECT = inProject('.');
export const EMBEDDED_CHECKPOINT = inProject('models/tandem-mini');
/** What Tandem makes for itself and can make again: compiled models, local sessions, logs. */
export const LOCAL_STATE = inProject('.tandem');
export const BACKEND_MAIN = inProject('gpu-backend/main.ts');
export const WRANGLER_CONFIG = inProject('wrangler.toml');
export const WRANGLER_MAIN = inProject('node_modules/wrangler/wrangler-dist/cli.js');
