import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { exists, findPython } from '../environment.ts';
import { buildDirectory, buildInProcess, preparedCheckpoint } from '../prepared-models.ts';
import { readShape } from '../shapes.ts';
import type { ModelName, Options } from './options.ts';

export interface PreparedModel {
  name: ModelName;
  directory: string;
  /** Prompts are made of ids below it. */
  vocabulary: number;
}

/** Compiles what is to be served: the embedded model in fp32, as it is served; a shape in int8, as a processor serves it. */
export async function prepareModel(name: ModelName, { python, rebuild }: Options): Promise<PreparedModel> {
  const isEmbedded = name === 'embedded';
  const checkpoint = isEmbedded
    ? EMBEDDED_CHECKPOINT
    : await preparedCheckpoint(
        { shape: name, format: 'safetensors', dtype: 'fp32' },
        await findPython(python),
      );
  const precision = isEmbedded ? 'fp32' : 'int8';
  const directory = buildDirectory(checkpoint, precision);
  if (rebuild || !(await exists(directory))) await buildInProcess(checkpoint, directory, precision);
  return { name, directory, vocabulary: (await readShape(checkpoint)).vocab_size };
}
