import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import type { ContenderCommand } from './contender-process.ts';
import { inBench } from './environment.ts';
import type { Rival } from './options.ts';
import type { Case } from './workload.ts';

/** One of those who are measured. */
export interface Contender {
  name: string;
  start: ContenderCommand;
  /** Bytes of its model on disk. */
  modelBytes: number;
  /** Tandem's precision; absent for the others. */
  precision?: Precision;
  canRun(point: Case): boolean;
}

export function tandem(
  precision: Precision,
  { directory, modelBytes, threads }: { directory: string; modelBytes: number; threads: number },
): Contender {
  return {
    name: `Tandem ${precision}`,
    start: { command: process.execPath, args: [inBench('contenders/tandem.ts'), directory, String(threads)] },
    modelBytes,
    precision,
    canRun: () => true,
  };
}

export const BASELINE = 'transformers fp32';

export function transformers(
  rival: Exclude<Rival, 'transformers.js'>,
  {
    python,
    checkpoint,
    modelBytes,
    threads,
  }: { python: string; checkpoint: string; modelBytes: number; threads: number },
): Contender {
  const dtype = rival === 'transformers-fp32' ? 'float32' : 'bfloat16';
  const script = inBench('contenders/transformers_generate.py');
  return {
    name: rival === 'transformers-fp32' ? BASELINE : 'transformers bf16',
    start: {
      command: python,
      args: [script, checkpoint, dtype, String(threads)],
      env: { HF_HUB_OFFLINE: '1' },
    },
    modelBytes,
    canRun: () => true,
  };
}

export function transformersJs({
  packages,
  model,
  modelBytes,
  threads,
}: {
  packages: string;
  model: string;
  modelBytes: number;
  threads: number;
}): Contender {
  return {
    name: 'transformers.js fp32',
    start: {
      command: process.execPath,
      args: [inBench('contenders/transformers-js.mjs'), packages, model, String(threads)],
    },
    modelBytes,
    // Asked for beams, it goes on with one and says nothing.
    canRun: ({ beams }) => beams === 1,
  };
}
