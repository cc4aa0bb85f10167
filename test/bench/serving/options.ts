import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { counts, listOf } from '../option-values.ts';
import { SHAPE_NAMES, type ShapeName } from '../shapes.ts';
import { ARRIVALS, type ArrivalKind } from '../../../infra/load/arrivals.ts';

export const SECTIONS = ['load', 'overload', 'clients', 'overhead', 'memory'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** The embedded model, or random weights of a published shape. */
export type ModelName = 'embedded' | ShapeName;
const MODEL_NAMES: ModelName[] = ['embedded', ...SHAPE_NAMES];

export interface Options {
  sections: SectionName[];
  models: ModelName[];
  beams: number;
  input: number;
  output: number;
  fractions: number[];
  clients: number[];
  arrivals: ArrivalKind;
  seconds: number;
  minRequests: number;
  maxSeconds: number;
  maxBatchSize: number;
  deadlineMs: number;
  runs: number;
  memoryRequests: number;
  threads: number;
  python?: string;
  rebuild: boolean;
  out?: string;
  publish: boolean;
}

/** Everything once, with the embedded model, in well under a minute. */
const QUICK: Partial<Options> = {
  models: ['embedded'],
  beams: 2,
  input: 8,
  output: 8,
  fractions: [0.5, 2],
  clients: [1, 4],
  seconds: 1,
  minRequests: 1,
  runs: 5,
  memoryRequests: 200,
};

/** Reads the command line; `--help` says what there is. */
export function readOptions(args: string[]): Options {
  const command = new Command('bench:serving')
    .description('Measures the real server under load: open loop, latencies from the intended send time.')
    .option('--sections <list>', `what to measure: ${SECTIONS.join(', ')}`, listOf(SECTIONS), [...SECTIONS])
    .option('--models <list>', 'embedded, or a shape with random weights in int8', listOf(MODEL_NAMES), [
      'embedded',
      '400m-distill',
    ])
    .option('--beams <n>', 'beams of each request', positive, 10)
    .option('--input <n>', 'tokens that each request sends', positive, 32)
    .option('--output <n>', 'tokens of each reply, the start token counted', positive, 20)
    .option(
      '--fractions <list>',
      'offered load, as shares of what the server can carry',
      fractions,
      [0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2],
    )
    .option('--clients <list>', 'clients of the closed loop', counts, [1, 2, 4, 8, 16, 32, 64])
    .addOption(new Option('--arrivals <kind>', 'of the open loop').choices(ARRIVALS).default('poisson'))
    .option(
      '--seconds <n>',
      'a point lasts at least so long, and under overload four times as long as the queue takes to fill',
      positive,
      30,
    )
    .option('--min-requests <n>', 'a point lasts until so many were sent', positive, 100)
    .option('--max-seconds <n>', 'but no longer than this', positive, 120)
    .option('--max-batch-size <n>', "the server's, where it batches", positive, 8)
    .option(
      '--deadline-ms <n>',
      'what answers must keep to count as good; the edge waits so long',
      positive,
      30_000,
    )
    .option('--runs <n>', 'pairs of runs for the overhead', positive, 200)
    .option('--memory-requests <n>', 'requests while memory is watched', positive, 50_000)
    .option('--threads <n>', "threads of a run, the server's", positive, availableParallelism())
    .option(
      '--python <path>',
      'a Python with torch, to make checkpoints ($BENCH_PYTHON); else one is installed',
    )
    .option('--no-rebuild', 'use the models that an earlier run compiled')
    .option('--quick', 'a run of seconds over the embedded model')
    .option('--out <dir>', 'keep the results, tables and charts in this folder')
    .option('--publish', 'put the results into BENCHMARKS.md', false);
  const { quick, ...options } = command.parse(args, { from: 'user' }).opts<Options & { quick?: true }>();
  const wasGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const preset = Object.entries(quick ? QUICK : {}).filter(([name]) => !wasGiven(name));
  const python = options.python ?? process.env['BENCH_PYTHON'];
  return { ...options, ...Object.fromEntries(preset), ...(python && { python }) };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('A number above 0.');
  return value;
}

function fractions(text: string): number[] {
  return text.split(',').map(positive);
}
