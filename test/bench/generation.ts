import { cpus, loadavg, totalmem } from 'node:os';
import { basename } from 'node:path';
import type { Precision } from '../../gpu-backend/compiler/manifest.ts';
import { type Contender, tandem, transformers, transformersJs } from './contenders.ts';
import { exists, findPython, inBench, transformersJsFolder } from './environment.ts';
import type { MachineSpeed } from './machine-limit.ts';
import { measureInTurns, measureOneByOne } from './measure.ts';
import { type Options, type Rival, readOptions, type SectionName } from './options.ts';
import {
  buildDirectory,
  buildInProcess,
  exportForTransformersJs,
  folderBytes,
  preparedCheckpoint,
} from './prepared-models.ts';
import { printProfile } from './profile-generation.ts';
import { drawCharts } from './report/charts.ts';
import { renderMarkdown } from './report/markdown.ts';
import { keepReport, publish } from './report/publish.ts';
import type { BenchResults, Section } from './report/results.ts';
import { runCommand } from './run-command.ts';
import { readShape, type ShapeName } from './shapes.ts';
import { readVersions } from './versions.ts';
import { type Case, GROWTH_BASE } from './workload.ts';

const options = readOptions(process.argv.slice(2));
if (options.profile) await profile(options);
else await bench(options);

async function profile(options: Options): Promise<void> {
  const checkpoint = await checkpointFor(options.shape, options);
  const { vocab_size: vocabulary } = await readShape(checkpoint);
  for (const precision of options.precisions) {
    const model = await modelFor(precision, checkpoint, options);
    for (const point of casesOf(options))
      await printProfile(model, { name: precision, point, vocabulary, ...options });
  }
}

async function bench(options: Options): Promise<void> {
  const loadBefore = loadavg()[0]!;
  const speed = JSON.parse(
    await runCommand(process.execPath, [inBench('measure-machine.ts'), String(options.threads)]),
  ) as MachineSpeed;
  const results: BenchResults = {
    date: new Date().toISOString(),
    command: [
      'npm run bench:generation',
      ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : []),
    ].join(' '),
    versions: await readVersions(options.against.length > 0 ? await findPython(options.python) : undefined),
    machine: {
      ...speed,
      cpu: cpus()[0]!.model,
      threads: options.threads,
      memoryBytes: totalmem(),
      loadBefore,
    },
    sections: [],
    failures: [],
  };
  const measure: Record<SectionName, (options: Options) => Promise<Section>> = {
    'side-by-side': sideBySide,
    growth,
    '3b': large,
  };
  for (const name of options.sections) {
    try {
      results.sections.push(await measure[name](options));
    } catch (error) {
      // What was measured before took minutes, and is worth keeping.
      results.failures.push(`${name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  const markdown = renderMarkdown(results);
  console.log(markdown);
  // Every section has its own place and says which run it is from: one can be measured anew without the others.
  for (const section of results.sections) {
    const own = { ...results, sections: [section], failures: [] };
    const report = { results: own, markdown: renderMarkdown(own), charts: drawCharts(own) };
    if (options.out !== undefined) await keepReport(options.out, section.name, report);
    if (options.publish) await publish(section.name, report);
  }
}

async function sideBySide(options: Options): Promise<Section> {
  const checkpoint = await checkpointFor(options.shape, options);
  const shape = await readShape(checkpoint);
  const workload = { points: casesOf(options), runs: options.runs, vocabulary: shape.vocab_size };
  const contenders = [
    ...(await tandemContenders(options.precisions, checkpoint, options)),
    ...(await rivalContenders(options.against, checkpoint, options)),
  ];
  return {
    name: 'side-by-side',
    kind: 'side by side',
    model: basename(checkpoint),
    shape,
    notes: options.against.includes('transformers.js')
      ? [
          'transformers.js has no beam search and no n-gram block against the context: greedy search only, and its tokens differ where that block would act.',
        ]
      : [],
    ...(await measureInTurns(contenders, workload)),
  };
}

/** One axis at a time around a common case, with the precision that is listed last. */
async function growth(options: Options): Promise<Section> {
  const checkpoint = await checkpointFor(options.shape, options);
  const shape = await readShape(checkpoint);
  const axes: Partial<Case>[] = [
    ...[1, 2, 4, 8, 16].map((rows) => ({ rows })),
    ...[1, 2, 5, 20].map((beams) => ({ beams })),
    ...[16, 64, 128].map((input) => ({ input })),
    ...[15, 30, 120].map((output) => ({ output })),
  ];
  const contenders = await tandemContenders(options.precisions.slice(-1), checkpoint, options);
  const points = axes.map((change) => ({ ...GROWTH_BASE, ...change }));
  const measured = await measureInTurns(contenders, { points, runs: 3, vocabulary: shape.vocab_size });
  return { name: 'growth', kind: 'growth', model: basename(checkpoint), shape, notes: [], ...measured };
}

/** 3B's size, one contender at a time: two of them would not fit the memory of a common machine. */
async function large(options: Options): Promise<Section> {
  const checkpoint = await checkpointFor('3b', options);
  const shape = await readShape(checkpoint);
  // Four bytes a weight are more than most who run it on a processor have.
  const small = options.precisions.filter((precision) => precision !== 'fp32');
  const contenders = [
    ...(await tandemContenders(small, checkpoint, options)),
    ...(await rivalContenders(
      options.against.filter((rival) => rival === 'transformers-bf16'),
      checkpoint,
      options,
    )),
  ];
  const points = [1, 10].map((beams) => ({ rows: 1, beams, input: 128, output: 60 }));
  return {
    name: '3b',
    kind: 'side by side',
    model: basename(checkpoint),
    shape,
    notes: [],
    ...(await measureOneByOne(contenders, { points, runs: 2, vocabulary: shape.vocab_size })),
  };
}

async function checkpointFor(shape: ShapeName, { checkpoint, python }: Options): Promise<string> {
  if (checkpoint !== undefined && shape !== '3b') return checkpoint;
  const isLarge = shape === '3b';
  return preparedCheckpoint(
    { shape, format: isLarge ? 'bin' : 'safetensors', dtype: isLarge ? 'fp16' : 'fp32' },
    await findPython(python),
  );
}

async function modelFor(precision: Precision, checkpoint: string, { rebuild }: Options): Promise<string> {
  const directory = buildDirectory(checkpoint, precision);
  if (!rebuild && (await exists(directory))) return directory;
  return (await buildInProcess(checkpoint, directory, precision)).directory;
}

async function tandemContenders(
  precisions: Precision[],
  checkpoint: string,
  options: Options,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const precision of precisions) {
    const directory = await modelFor(precision, checkpoint, options);
    const modelBytes = await folderBytes(directory);
    contenders.push(tandem(precision, { directory, modelBytes, threads: options.threads }));
  }
  return contenders;
}

async function rivalContenders(rivals: Rival[], checkpoint: string, options: Options): Promise<Contender[]> {
  const { threads } = options;
  const contenders: Contender[] = [];
  for (const rival of rivals) {
    const python = await findPython(options.python);
    if (rival === 'transformers.js') {
      const model = await exportForTransformersJs(checkpoint, python);
      const packages = await transformersJsFolder();
      contenders.push(transformersJs({ packages, model, modelBytes: await folderBytes(model), threads }));
    } else {
      const modelBytes = await folderBytes(checkpoint);
      contenders.push(transformers(rival, { python, checkpoint, modelBytes, threads }));
    }
  }
  return contenders;
}

/** Every combination, but other inputs than the last only with the first number of rows: the large ones take minutes. */
function casesOf({ rows, beams, inputs, output }: Options): Case[] {
  const rowsAt = (input: number) => (input === inputs.at(-1) ? rows : rows.slice(0, 1));
  return inputs.flatMap((input) =>
    rowsAt(input).flatMap((row) => beams.map((beam) => ({ rows: row, beams: beam, input, output }))),
  );
}
