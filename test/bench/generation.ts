import { buildDirectory, buildInProcess, preparedCheckpoint } from './prepared-models.ts';
import { exists, findPython } from './environment.ts';
import { type Options, readOptions } from './options.ts';
import { printProfile } from './profile-generation.ts';
import type { Case } from './workload.ts';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';

const options = readOptions(process.argv.slice(2));
const checkpoint =
  options.checkpoint ??
  (await preparedCheckpoint(
    { shape: options.shape, format: 'safetensors', dtype: 'fp32' },
    await findPython(options.python),
  ));
if (options.profile) {
  for (const precision of options.precisions) {
    const model = await modelFor(precision, checkpoint, options);
    for (const point of casesOf(options))
      await printProfile(model, { name: precision, point, threads: options.threads });
  }
}

async function modelFor(
  precision: Precision,
  checkpoint: string,
  { shape, rebuild }: Options,
): Promise<string> {
  const directory = buildDirectory(shape, precision);
  if (!rebuild && (await exists(directory))) return directory;
  return (await buildInProcess(checkpoint, directory, precision)).directory;
}

function casesOf({ rows, beams, inputs, output }: Options): Case[] {
  return inputs.flatMap((input) =>
    rows.flatMap((row) => beams.map((beam) => ({ rows: row, beams: beam, input, output }))),
  );
}
