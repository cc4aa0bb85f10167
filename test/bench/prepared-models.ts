import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import { BENCH_STATE, exists, inBench } from './environment.ts';
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

export function buildDirectory(shape: ShapeName, precision: Precision): string {
  return join(BENCH_STATE, 'models', `${shape}-${precision}`);
}

/** Bytes of graph and weights together. */
export async function modelBytes(directory: string): Promise<number> {
  const { files } = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
  return Object.values(files as Record<string, { bytes: number }>).reduce((sum, { bytes }) => sum + bytes, 0);
}
