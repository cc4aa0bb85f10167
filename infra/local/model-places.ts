import { hubCacheDirectory } from '../hub/settings.ts';
import { COMPILED_MODELS } from '../paths.ts';

/** Where models are kept on this machine. */
export interface ModelPlaces {
  /** Compiled ones; Tandem's own. */
  modelsDirectory: string;
  /** Pulled ones; shared with every program that uses the hub. */
  hubCache: string;
}

/** The places that the environment names: TANDEM_HOME, and the hub's variables. */
export function modelPlaces(): ModelPlaces {
  return { modelsDirectory: COMPILED_MODELS, hubCache: hubCacheDirectory() };
}
