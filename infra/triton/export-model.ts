import { constants, copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { GRAPH_FILE, type Manifest, WEIGHTS_FILE } from '../../gpu-backend/compiler/manifest.ts';
import { writeWholeFolder } from '../../gpu-backend/compiler/output-folder.ts';
import { UserError } from '../user-error.ts';
import { inferenceService } from './inference-service.ts';
import { tritonModelConfig, type TritonModelOptions } from './model-config.ts';
import { tensorBytes, warmUpTensors } from './warm-up.ts';

export interface ExportOptions extends Omit<TritonModelOptions, 'name' | 'warmup'> {
  storageUri: string;
}

/** Says that a folder is an export, which the next one may replace. */
const SERVICE_FILE = 'inference-service.yaml';

/**
 * Writes a Triton model repository around a compiled model, and a KServe InferenceService for it. The folder appears whole or not at all.
 * @param out an absolute path; an earlier export in it is replaced
 * @throws {UserError} where the folder holds something else
 */
export async function exportToTriton(
  model: { directory: string; manifest: Manifest },
  out: string,
  options: ExportOptions,
): Promise<void> {
  const { directory, manifest } = model;
  const { name } = manifest;
  await writeWholeFolder(out, {
    refuse: () => refuseForeignFolder(out),
    write: async (folder) => {
      const modelFolder = join(folder, 'models', name);
      const [version, warmupFolder] = [join(modelFolder, '1'), join(modelFolder, 'warmup')];
      for (const made of [version, warmupFolder]) await makeFolder(made);
      // No second copy of gigabytes where the file system can share them.
      for (const file of [GRAPH_FILE, WEIGHTS_FILE])
        await copyFile(join(directory, file), join(version, file), constants.COPYFILE_FICLONE);
      const warmup = warmUpTensors(manifest);
      for (const tensor of warmup) await writeFile(join(warmupFolder, tensor.name), tensorBytes(tensor));
      await writeFile(join(modelFolder, 'config.pbtxt'), tritonModelConfig({ ...options, name, warmup }));
      await writeFile(join(folder, SERVICE_FILE), inferenceService({ ...options, name }));
    },
  });
}

async function refuseForeignFolder(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new UserError(`${out}: ${error.code === 'ENOTDIR' ? 'is a file, not a folder' : error.message}.`);
  });
  if (entries.length === 0 || entries.includes(SERVICE_FILE)) return;
  throw new UserError(`${out} holds something that is no earlier export: name another folder.`);
}
