import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { PRECISIONS, type Precision } from '../../gpu-backend/compiler/manifest.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { count, counts, listOf } from './option-values.ts';
import { SHAPE_NAMES, type ShapeName } from './shapes.ts';

export const RIVALS = ['transformers-fp32', 'transformers-bf16', 'transformers.js'] as const;
export type Rival = (typeof RIVALS)[number];

export const SECTIONS = ['side-by-side', 'growth', '3b'] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface Options {
  sections: SectionName[];
  shape: ShapeName;
  checkpoint?: string;
  precisions: Precision[];
  against: Rival[];
  rows: number[];
  beams: number[];
  inputs: number[];
  output: number;
  runs: number;
  threads: number;
  python?: string;
  profile: boolean;
  rebuild: boolean;
  out?: string;
  publish: boolean;
}

// On a processor, fp16 is fp32 with a conversion before every operator: it is for CUDA.
const CPU_PRECISIONS = PRECISIONS.filter((name: string) => name !== 'fp16');

/** A run of seconds over the embedded model, which shows that everything works and no more. */
const QUICK = {
  sections: ['side-by-side'],
  checkpoint: EMBEDDED_CHECKPOINT,
  rows: [1, 2],
  beams: [1, 4],
  inputs: [24],
  output: 20,
  runs: 2,
};

/** Reads the command line; `--help` says what there is. */
export function readOptions(args: string[]): Options {
  const command = new Command('bench:generation')
    .description('Measures generation side by side with other implementations, all in one run.')
    .option('--sections <list>', `what to measure: ${SECTIONS.join(', ')}`, listOf(SECTIONS), [...SECTIONS])
    .addOption(new Option('--shape <name>', 'measure a size of this name alone').choices(SHAPE_NAMES))
    .option('--checkpoint <dir>', 'measure this checkpoint alone, instead of random weights')
    .option('--precisions <list>', "Tandem's precisions", listOf(PRECISIONS), CPU_PRECISIONS)
    .option('--against <list>', 'the others, or "none"', rivals, [...RIVALS])
    .option('--rows <list>', 'rows in a batch', counts, [1, 8])
    .option('--beams <list>', 'beams, 1 for greedy search', counts, [1, 10])
    .option(
      '--inputs <list>',
      'tokens that each row reads; several rows only with the last',
      counts,
      [32, 128],
    )
    .option('--output <n>', 'tokens that each row has in the end, the start token counted', count, 60)
    .option('--runs <n>', 'measured runs of each, after a short one that warms up', count, 5)
    .option('--threads <n>', 'threads of every contender', count, availableParallelism())
    .option(
      '--python <path>',
      "a Python with requirements.txt's packages ($BENCH_PYTHON); else one is installed",
    )
    .option('--quick', 'a run of seconds over the embedded model')
    .option('--no-rebuild', 'use the models that an earlier run compiled')
    .option('--profile', 'instead, print where the time goes in Tandem: operators, scopes, nodes', false)
    .option('--out <dir>', 'keep the results, tables and charts in this folder')
    .option('--publish', 'put the results into BENCHMARKS.md', false);
  const { quick, ...options } = command.parse(args, { from: 'user' }).opts<Options & { quick?: true }>();
  const wasGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const preset = Object.entries(quick ? QUICK : {}).filter(([name]) => !wasGiven(name));
  const isOneModel = wasGiven('shape') || wasGiven('checkpoint');
  const python = options.python ?? process.env['BENCH_PYTHON'];
  return {
    ...options,
    shape: options.shape ?? '400m-distill',
    ...(isOneModel && !wasGiven('sections') && { sections: ['side-by-side'] }),
    ...Object.fromEntries(preset),
    ...(python && { python }),
  };
}

function rivals(text: string): Rival[] {
  return text === 'none' ? [] : listOf(RIVALS)(text);
}
