import { join } from 'node:path';
import { sha256OfFile } from '../../gpu-backend/compiler/hash-file.ts';
import { type Manifest, readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { listCompiled } from '../local/compiled-models.ts';
import { findModel } from '../local/find-model.ts';
import type { ModelPlaces } from '../local/model-places.ts';
import { formatBytes, totalBytes } from '../terminal/quantities.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const BUILD_AGAIN = 'Build it again: tandem model build.';

/**
 * The model that a name means, against its manifest, and the kept ones.
 * @param name undefined for the kept ones alone
 */
export async function examineModels(name: string | undefined, places: ModelPlaces): Promise<Finding[]> {
  const named = name === undefined ? [] : [await namedFinding(name, places)];
  const kept = await listCompiled(places.modelsDirectory);
  const findings = await Promise.all(
    kept.map(({ directory, manifest }) =>
      manifest === undefined
        ? warning(
            'model',
            `${directory} is of another version of Tandem`,
            'It is built again when it is served; "tandem model remove" makes room.',
          )
        : examineBuild(directory),
    ),
  );
  if (named.length + findings.length > 0) return [...named, ...findings];
  return [ok('model', 'none is compiled yet; the embedded one is at the first start')];
}

async function namedFinding(name: string, places: ModelPlaces): Promise<Finding> {
  try {
    const found = await findModel(name, places);
    if ('compiled' in found) return await examineBuild(found.compiled);
    return ok('model', `${found.checkpoint} is a checkpoint, compiled at its first start`);
  } catch (error) {
    return problem('model', (error as Error).message, 'Name a folder, or a model of "tandem model list".');
  }
}

/** A compiled model's files against the sizes and hashes that its build wrote down. */
export async function examineBuild(directory: string): Promise<Finding> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(directory);
  } catch (error) {
    return problem('model', (error as Error).message, BUILD_AGAIN);
  }
  const { name, precision, files } = manifest;
  for (const [file, { sha256 }] of Object.entries(files)) {
    const actual = await sha256OfFile(join(directory, file)).catch((error: Error) => error);
    if (actual instanceof Error)
      return problem('model', `${file} cannot be read: ${actual.message}`, BUILD_AGAIN);
    if (actual !== sha256)
      return problem('model', `${join(directory, file)} is not what its build wrote`, BUILD_AGAIN);
  }
  return ok(
    'model',
    `${name} (${precision}, ${formatBytes(totalBytes(Object.values(files)))}) is whole in ${directory}`,
  );
}
