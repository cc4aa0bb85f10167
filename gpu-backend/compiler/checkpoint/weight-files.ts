import { join } from 'node:path';
import * as z from 'zod';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { readText } from './small-files.ts';
import { openSafetensors } from './safetensors.ts';
import { openShards } from './sharded.ts';
import type { TensorSource } from './tensor-source.ts';
import { openTorchFile } from './torch-file.ts';

/** Where the weights of a checkpoint in Hugging Face's layout lie. */
export interface WeightFiles {
  format: 'safetensors' | 'torch';
  /** What maps each tensor to its file, where there are several. */
  index?: { file: string; fileOf: Map<string, string> };
  /** The files with the tensors; one where there is no index. */
  files: string[];
}

// As transformers looks for them: safetensors before PyTorch's own, one file before several.
const CANDIDATES = [
  { file: 'model.safetensors', format: 'safetensors', isIndex: false },
  { file: 'model.safetensors.index.json', format: 'safetensors', isIndex: true },
  { file: 'pytorch_model.bin', format: 'torch', isIndex: false },
  { file: 'pytorch_model.bin.index.json', format: 'torch', isIndex: true },
] as const;

/** The files to look for, the best first: the weights themselves, or the index of their shards. */
export const WEIGHT_FILES: readonly string[] = CANDIDATES.map(({ file }) => file);

/**
 * The weights among the files `present` in a folder, if any.
 * @throws {CheckpointError} for an index that is malformed or names a file that is not there
 */
export async function findWeightFiles(
  directory: string,
  present: string[],
): Promise<WeightFiles | undefined> {
  const found = CANDIDATES.find(({ file }) => present.includes(file));
  if (found === undefined) return undefined;
  const { file, format, isIndex } = found;
  if (!isIndex) return { format, files: [file] };
  const fileOf = parseIndex(await readText(directory, file), file);
  const files = [...new Set(fileOf.values())].sort();
  const missing = files.find((shard) => !present.includes(shard));
  // What is present are names in this folder: a path out of it is never among them.
  if (missing !== undefined) {
    throw new CheckpointError(file, `names ${JSON.stringify(missing)}, which is no file in the folder`);
  }
  return { format, index: { file, fileOf }, files };
}

/** @throws {CheckpointError} where a file is not what its name says, or files and index contradict each other */
export async function openWeightFiles(
  directory: string,
  { format, index, files }: WeightFiles,
): Promise<TensorSource> {
  const openFile = async (file: string) => {
    const opened =
      format === 'safetensors'
        ? openSafetensors(join(directory, file))
        : openTorchFile(join(directory, file));
    return opened.catch((error) => {
      throw describeSystemError(file, error);
    });
  };
  return index === undefined ? openFile(files[0]!) : openShards(index, files, openFile);
}

const indexSchema = z.object({ weight_map: z.looseObject({}) });

function parseIndex(text: string, file: string): Map<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(file, `not JSON (${(error as Error).message})`);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw new CheckpointError(file, `names ${duplicate} twice`);
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) throw new CheckpointError(file, 'has no weight_map of tensors and their files');
  const fileOf = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(parsed.data.weight_map)) {
    if (typeof shard !== 'string') throw new CheckpointError(file, `names no file for ${tensor}`);
    fileOf.set(tensor, shard);
  }
  if (fileOf.size === 0) throw new CheckpointError(file, 'its weight_map is empty');
  return fileOf;
}
