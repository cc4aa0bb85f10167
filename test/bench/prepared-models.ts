import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import { BENCH_STATE, exists, exportPackages, inBench } from './environment.ts';
import { runCommand } from './run-command.ts';
import type { ShapeName } from './shapes.ts';

export interface CheckpointKind {
  shape: ShapeName;
  format: 'safetensors' | 'bin';
  dtype: 'fp32' | 'fp16';
}

/** A checkpoint with random weights, made on first use. */
export async function preparedCheckpoint(
  { shape, format, dtype }: CheckpointKind,
  python: string,
): Promise<string> {
  const folder = join(BENCH_STATE, 'checkpoints', `${shape}-${dtype}-${format}`);
  if (await exists(join(folder, 'config.json'))) return folder;
  console.error(`Making a checkpoint of ${shape}'s shape …`);
  const options = ['--shape', shape, '--format', format, '--dtype', dtype];
  await runCommand(python, [inBench('make_checkpoint.py'), ...options, folder]);
  return folder;
}

export interface Build {
  directory: string;
  seconds: number;
  peakBytes: number;
}

/** Compiles in a process of its own, anew every time: the compiler may have changed. */
export async function buildInProcess(checkpoint: string, out: string, precision: Precision): Promise<Build> {
  const output = await runCommand(process.execPath, [
    inBench('build-checkpoint.ts'),
    checkpoint,
    out,
    precision,
  ]);
  return { directory: out, ...JSON.parse(output) };
}

export function buildDirectory(checkpoint: string, precision: Precision): string {
  return join(BENCH_STATE, 'models', `${basename(checkpoint)}-${precision}`);
}

/** The same checkpoint as transformers.js reads it: ONNX files, written by optimum in a process of its own. */
export async function exportForTransformersJs(checkpoint: string, python: string): Promise<string> {
  const folder = join(BENCH_STATE, 'onnx', basename(checkpoint));
  if (await exists(join(folder, 'config.json'))) return folder;
  console.error('Exporting the checkpoint for transformers.js …');
  const packages = await exportPackages(python);
  const unfinished = join(folder, 'onnx');
  const task = ['--task', 'text2text-generation-with-past'];
  const command = [
    '-W',
    'ignore',
    '-m',
    'optimum.exporters.onnx',
    '--model',
    checkpoint,
    ...task,
    unfinished,
  ];
  await runCommand(python, command, { env: { PYTHONPATH: packages, HF_HUB_OFFLINE: '1' } });
  // The merged decoder holds both.
  for (const name of await readdir(unfinished)) {
    if (/^decoder_(with_past_)?model\.onnx/.test(name)) await rm(join(unfinished, name));
    if (name.endsWith('.json')) await rename(join(unfinished, name), join(folder, name));
  }
  return folder;
}

/** Bytes of the files in a folder and below. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}
