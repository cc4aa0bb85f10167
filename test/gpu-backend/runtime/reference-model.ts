import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import type { GenerationParameters } from '../../../shared/generation-parameters.ts';

const CHECKPOINT = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);

export interface ReferenceCase {
  input_ids: number[][];
  parameters: Partial<GenerationParameters>;
  /** Per row, `num_return_sequences` of them. */
  sequences: number[][][];
  scores: number[][] | null;
}

/** The reference checkpoint, compiled into a temporary folder that is named "tiny". */
export async function buildReferenceModel(
  precision: Precision = 'fp32',
): Promise<{ directory: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  const directory = join(parent, 'tiny');
  await buildModel({ checkpoint: CHECKPOINT, out: directory, precision, name: 'tiny' });
  return { directory, remove: () => rm(parent, { recursive: true, force: true }) };
}

export async function readReferenceCases(): Promise<ReferenceCase[]> {
  const lines = (await readFile(join(CHECKPOINT, 'cases.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ReferenceCase);
}
