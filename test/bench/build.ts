import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { Command, Option } from 'commander';
import { PRECISIONS, type Precision } from '../../gpu-backend/compiler/manifest.ts';
import { findPython } from './environment.ts';
import {
  buildDirectory,
  buildInProcess,
  type CheckpointKind,
  folderBytes,
  preparedCheckpoint,
} from './prepared-models.ts';
import { gigabytes, table } from './report/markdown.ts';
import { publish } from './report/publish.ts';
import { SHAPE_NAMES } from './shapes.ts';
import { readVersions } from './versions.ts';

/** What a build of 3B to int8 may take. */
const TARGET = { peakBytes: 2e9, seconds: 300 };

type Options = CheckpointKind & { precision: Precision; python?: string; publish: boolean };

const options = new Command('bench:build')
  .description('Measures the time and the peak memory of compiling a checkpoint, in a process of its own.')
  .addOption(new Option('--shape <name>', "the checkpoint's size").choices(SHAPE_NAMES).default('3b'))
  .addOption(new Option('--format <format>').choices(['safetensors', 'bin']).default('bin'))
  .addOption(new Option('--dtype <dtype>').choices(['fp32', 'fp16']).default('fp16'))
  .addOption(new Option('--precision <precision>').choices(PRECISIONS).default('int8'))
  .option('--python <path>', 'a Python with torch ($BENCH_PYTHON); else one is installed')
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse()
  .opts<Options>();

const { shape, format, dtype, precision } = options;
const checkpoint = await preparedCheckpoint(
  options,
  await findPython(options.python ?? process.env['BENCH_PYTHON']),
);
const out = buildDirectory(checkpoint, precision);
const build = await buildInProcess(checkpoint, out, precision);
const results = {
  date: new Date().toISOString(),
  cpu: cpus()[0]!.model,
  versions: await readVersions(undefined),
  ...{ shape, format, dtype, precision },
  checkpointBytes: await folderBytes(checkpoint),
  modelBytes: await folderBytes(out),
  seconds: build.seconds,
  peakBytes: build.peakBytes,
};
await rm(out, { recursive: true });
const markdown = render(results);
console.log(markdown);
if (options.publish) await publish('build', { results, markdown, charts: {} });

function render({ date, cpu, checkpointBytes, modelBytes, seconds, peakBytes }: typeof results): string {
  const isTheTarget = shape === '3b' && precision === 'int8';
  const toReach = (text: string) => (isTheTarget ? [text] : []);
  return [
    `Measured on ${date.slice(0, 10)} with \`npm run bench:build\`, ${cpu}: ${shape}, ${dtype} ${format}`,
    `(${gigabytes(checkpointBytes)}) to ${precision} (${gigabytes(modelBytes)}).\n`,
    table(
      ['', 'measured', ...toReach('to reach')],
      [
        ['peak memory', gigabytes(peakBytes), ...toReach(`under ${gigabytes(TARGET.peakBytes)}`)],
        ['time', `${seconds.toFixed(0)} s`, ...toReach(`under ${TARGET.seconds} s`)],
      ],
    ),
  ].join('\n');
}
