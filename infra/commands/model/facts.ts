import { basename } from 'node:path';
import type { Snapshot } from '../../hub/cache.ts';
import type { KeptModel } from '../../local/compiled-models.ts';
import { parameterCount } from '../../local/parameter-count.ts';
import { totalBytes } from '../../terminal/quantities.ts';

/** A compiled model, for programs; `manifest` is its file manifest.json. */
export function compiledFacts({ directory, manifest, origin, bytes, builtAt }: KeptModel) {
  const parameters = manifest && parameterCount(manifest);
  const model = basename(directory);
  return { model, directory, bytes, built_at: builtAt, parameters, origin, manifest };
}

/** A pulled one. */
export function pulledFacts({ id, commit, revisions, files, directory, pulledAt }: Snapshot) {
  return { model: id, commit, revisions, bytes: totalBytes(files), files, pulled_at: pulledAt, directory };
}
