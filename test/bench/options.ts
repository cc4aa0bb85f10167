import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PRECISIONS, type Precision } from '../../gpu-backend/compiler/manifest.ts';
import { SHAPE_NAMES, type ShapeName } from './shapes.ts';

export const RIVALS = ['transformers-fp32', 'transformers-bf16', 'transformers.js'] as const;
export type Rival = (typeof RIVALS)[number];

export interface Options {
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
}

/** Reads the command line; `--help` says what there is. */
export function readOptions(args: string[]): Options {
  const command = new Command('bench:generation')
    .description('Measures generation side by side with other implementations, all in one run.')
    .addOption(
      new Option('--shape <name>', "the network's size").choices(SHAPE_NAMES).default('400m-distill'),
    )
    .option('--checkpoint <dir>', 'measure this checkpoint instead of random weights of the shape')
    .option('--precisions <list>', "Tandem's precisions", listOf(PRECISIONS), [...PRECISIONS])
    .option('--against <list>', 'the others, or "none"', rivals, [...RIVALS])
    .option('--rows <list>', 'rows in a batch', counts, [1, 8])
    .option('--beams <list>', 'beams, 1 for greedy search', counts, [1, 10])
    .option('--inputs <list>', 'tokens that each row reads', counts, [128])
    .option('--output <n>', 'tokens that each row has in the end, the start token counted', count, 60)
    .option('--runs <n>', 'measured runs of each, after one that warms up', count, 5)
    .option('--threads <n>', 'threads of every contender', count, availableParallelism())
    .option(
      '--python <path>',
      'a Python with the packages of requirements.txt ($BENCH_PYTHON); else one is installed',
    )
    .option('--no-rebuild', 'use the models that an earlier run compiled')
    .option(
      '--profile',
      'print where the time goes in Tandem, by operator, scope and node, and measure nothing else',
      false,
    );
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const python = options.python ?? process.env['BENCH_PYTHON'];
  return { ...options, ...(python && { python }) };
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}

function counts(text: string): number[] {
  return text.split(',').map(count);
}

function listOf<T extends string>(known: readonly T[]) {
  return (text: string): T[] =>
    text.split(',').map((name) => {
      if (!(known as readonly string[]).includes(name))
        throw new InvalidArgumentError(`Known: ${known.join(', ')}.`);
      return name as T;
    });
}

function rivals(text: string): Rival[] {
  return text === 'none' ? [] : listOf(RIVALS)(text);
}
