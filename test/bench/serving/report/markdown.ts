import { figure, gigabytes, table } from '../../report/markdown.ts';
import { describeCase } from '../../workload.ts';
import type { LoadFigures } from '../../../../infra/load/outcomes.ts';
import type { Section, SectionOf, ServingResults } from '../results.ts';
import { chartFile } from './charts.ts';
import { addedMs, judgeMemory, judgeOverload, TARGETS } from './verdicts.ts';

/** One section's results as Markdown. */
export function renderMarkdown(results: ServingResults): string {
  return [describeRun(results), ...renderSection(results.section)].join('\n\n');
}

function describeRun({ date, command, versions, machine, point, maxBatchSize }: ServingResults): string {
  const { cpu, threads, memoryBytes, loadBefore } = machine;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date.slice(0, 10)} with \`${command}\`: ${cpu}, ${threads} threads a run, ${gigabytes(memoryBytes)} of memory;`,
    `${named.join(', ')}. Each request: ${describeCase(point)}; max_batch_size ${maxBatchSize}. The machine's load before`,
    `the run was ${loadBefore.toFixed(1)} (0 is a quiet machine).`,
  ].join('\n');
}

function renderSection(section: Section): string[] {
  switch (section.name) {
    case 'load':
      return renderLoad(section);
    case 'overload':
      return renderOverload(section);
    case 'clients':
      return renderClients(section);
    case 'overhead':
      return [renderOverhead(section)];
    case 'memory':
      return renderMemory(section);
  }
}

const LOAD_HEADER = ['answered/s', 'in time/s', 'p50', 'p90', 'p99', 'refused'];

function renderLoad({ models }: SectionOf<'load'>): string[] {
  return models.flatMap(({ model, capacity, batching, oneByOne }) => [
    `**${model}** carries ${figure(capacity)} requests a second.`,
    image('load', model),
    table(
      ['offered/s', ...LOAD_HEADER],
      [
        ...batching.map(({ figures }) => [figure(figures.offered), ...loadCells(figures)]),
        ...oneByOne.map(({ figures }) => [`${figure(figures.offered)}, one by one`, ...loadCells(figures)]),
      ],
    ),
  ]);
}

function renderClients({ models }: SectionOf<'clients'>): string[] {
  return models.flatMap(({ model, batching, oneByOne }) => [
    `**${model}**`,
    image('clients', model),
    table(
      ['clients', ...LOAD_HEADER],
      [
        ...batching.map(({ clients, figures }) => [String(clients), ...loadCells(figures)]),
        ...oneByOne.map(({ clients, figures }) => [`${clients}, one by one`, ...loadCells(figures)]),
      ],
    ),
  ]);
}

function loadCells({ throughput, goodput, latencyMs, refused, latenessMs }: LoadFigures): string[] {
  const latencies = latencyMs
    ? [latencyMs.p50, latencyMs.p90, latencyMs.p99].map(milliseconds)
    : ['', '', ''];
  const others = Object.entries(refused).map(([status, requests]) => `${requests} × ${status}`);
  // Then the latencies tell of the generator too.
  const isLate = latenessMs > 5 ? [`sent up to ${milliseconds(latenessMs)} late`] : [];
  return [figure(throughput), figure(goodput), ...latencies, [...others, ...isLate].join(', ')];
}

function renderOverload({ models }: SectionOf<'overload'>): string[] {
  return models.flatMap((model) => [
    `**${model.model}** carries ${figure(model.capacity)} requests a second.`,
    image('overload', model.model),
    table(
      ['deadline', 'best goodput/s', 'at twice the load', 'share', 'p99', 'reached'],
      judgeOverload(model).map(({ deadlineMs, peak, atTwice, p99Ms, isReached }) => [
        milliseconds(deadlineMs),
        figure(peak),
        figure(atTwice),
        `${peak === 0 ? '–' : percent(atTwice / peak)} (to reach: ${percent(TARGETS.goodputShare)})`,
        p99Ms === undefined ? '' : milliseconds(p99Ms),
        isReached ? 'yes' : 'no',
      ]),
    ),
  ]);
}

function renderOverhead({ models }: SectionOf<'overhead'>): string {
  return table(
    [
      '',
      'pairs',
      'graph alone, p50',
      'through the server, p50',
      'added',
      'its run, p50',
      'p99 alone',
      'p99 served',
    ],
    models.map((model) => [
      model.model,
      String(model.pairs),
      milliseconds(model.bareMs.p50),
      milliseconds(model.servedMs.p50),
      `${milliseconds(addedMs(model))} (to reach: ${TARGETS.overheadMs} ms)`,
      milliseconds(model.runMs.p50),
      milliseconds(model.bareMs.p99),
      milliseconds(model.servedMs.p99),
    ]),
  );
}

function renderMemory({ models }: SectionOf<'memory'>): string[] {
  return models.flatMap((model) => [
    `**${model.model}**, ${model.samples.at(-1)!.requests} requests`,
    image('memory', model.model),
    table(
      ['', 'after the warm-up', 'at the end', 'a request adds', 'level'],
      judgeMemory(model).map(({ part, first, last, perRequest, isLevel }) => [
        part === 'server' ? 'server' : 'inference processes',
        megabytes(first),
        megabytes(last),
        `${perRequest.toFixed(0)} bytes`,
        isLevel ? 'yes' : 'no',
      ]),
    ),
  ]);
}

function image(section: Section['name'], model: string): string {
  return `![${section}: ${model}](test/bench/results/${chartFile(section, model)})`;
}

function milliseconds(value: number): string {
  return value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(2)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
