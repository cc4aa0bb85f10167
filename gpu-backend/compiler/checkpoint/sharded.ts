import { CheckpointError } from './checkpoint-error.ts';
import type { TensorInfo, TensorSource } from './tensor-source.ts';

/**
 * Several files with tensors as one source. Only tensors that the index names are there.
 * @throws {CheckpointError} where a file lacks a tensor that the index expects there, or two files hold the same one
 */
export async function openShards(
  index: { file: string; fileOf: ReadonlyMap<string, string> },
  files: string[],
  open: (file: string) => Promise<TensorSource>,
): Promise<TensorSource> {
  const shards = new Map<string, TensorSource>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const file of files) shards.set(file, await open(file));
    const tensors = new Map<string, TensorInfo>();
    for (const [tensor, file] of index.fileOf) {
      const info = shards.get(file)!.tensors.get(tensor);
      if (info === undefined)
        throw new CheckpointError(file, `tensor ${tensor} is missing, which ${index.file} expects here`);
      tensors.set(tensor, info);
    }
    refuseDuplicates(shards);
    return {
      description: index.file,
      tensors,
      read: (tensor) => shards.get(index.fileOf.get(tensor)!)!.read(tensor),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function refuseDuplicates(shards: ReadonlyMap<string, TensorSource>): void {
  const fileOf = new Map<string, string>();
  for (const [file, { tensors }] of shards) {
    for (const tensor of tensors.keys()) {
      const earlier = fileOf.get(tensor);
      if (earlier !== undefined) throw new CheckpointError(file, `tensor ${tensor} is in ${earlier}, too`);
      fileOf.set(tensor, file);
    }
  }
}
