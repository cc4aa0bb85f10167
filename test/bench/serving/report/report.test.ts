import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../../../infra/paths.ts';
import { replacePart } from '../../report/publish.ts';
import { SECTIONS } from '../options.ts';
import type { LoadFigures } from '../../../../infra/load/outcomes.ts';
import type { Section, ServingResults } from '../results.ts';
import { drawCharts } from './charts.ts';
import { renderMarkdown } from './markdown.ts';
import { addedMs, judgeMemory, judgeOverload } from './verdicts.ts';

const figures = (goodput: number, p99 = 80): LoadFigures => ({
  requests: 10,
  offered: 2 * goodput,
  throughput: goodput,
  goodput,
  latencyMs: { p50: 20, p90: 40, p99 },
  refused: { 503: 7 },
  latenessMs: 9,
});
const refusedAll: LoadFigures = {
  requests: 3,
  offered: 3,
  throughput: 0,
  goodput: 0,
  refused: { 503: 3 },
  latenessMs: 0,
};
const point = (fraction: number, goodput: number, p99?: number) => ({
  fraction,
  figures: figures(goodput, p99),
});
const samples = (perRequest: number) =>
  Array.from({ length: 11 }, (_, index) => ({
    requests: 100 * index,
    server: 50e6 + 100 * index * perRequest,
    workers: 70e6,
  }));

const sections: Section[] = [
  {
    name: 'load',
    models: [
      {
        model: 'tiny',
        capacity: 10,
        batching: [point(1, 10)],
        oneByOne: [{ fraction: 1, figures: refusedAll }],
      },
    ],
  },
  {
    name: 'overload',
    models: [
      {
        model: 'tiny',
        capacity: 10,
        deadlines: [{ deadlineMs: 500, points: [point(1, 10), point(2, 9.5)] }],
      },
    ],
  },
  {
    name: 'clients',
    models: [
      {
        model: 'tiny',
        batching: [{ clients: 4, figures: figures(5) }],
        oneByOne: [{ clients: 4, figures: figures(3) }],
      },
    ],
  },
  {
    name: 'overhead',
    models: [
      {
        model: 'tiny',
        pairs: 3,
        bareMs: { p50: 10, p90: 11, p99: 12 },
        servedMs: { p50: 11.5, p90: 13, p99: 14 },
        runMs: { p50: 10.2, p90: 11, p99: 12 },
      },
    ],
  },
  { name: 'memory', models: [{ model: 'tiny', samples: samples(0) }] },
];
const results = (section: Section): ServingResults => ({
  date: '2026-01-02T03:04:05.000Z',
  command: 'npm run bench:serving',
  versions: { Node: '24' },
  machine: { cpu: 'a processor', threads: 2, memoryBytes: 24e9, loadBefore: 0 },
  point: { rows: 1, beams: 10, input: 32, output: 20 },
  maxBatchSize: 8,
  section,
});

describe('the results of the serving bench', () => {
  it('are tables with all that was refused', () => {
    const load = renderMarkdown(results(sections[0]!));
    expect(load).toContain(
      '| 20.0 | 10.0 | 10.0 | 20.00 ms | 40.00 ms | 80.00 ms | 7 × 503, sent up to 9.00 ms late |',
    );
    expect(load).toContain('| 3.00, one by one | 0.00 | 0.00 |  |  |  | 3 × 503 |');
    expect(renderMarkdown(results(sections[3]!))).toContain('1.50 ms (to reach: 2 ms)');
    expect(renderMarkdown(results(sections[4]!))).toContain('| server | 50.0 MB | 50.0 MB | 0 bytes | yes |');
  });

  it.each(sections.map((section) => [section.name, section] as const))(
    'are drawn where they are curves: %s',
    (_, section) => {
      const charts = Object.entries(drawCharts(section));
      expect(charts).toHaveLength(section.name === 'overhead' ? 0 : 1);
      for (const [file, svg] of charts) {
        expect(renderMarkdown(results(section))).toContain(`(test/bench/results/${file})`);
        expect(svg).toContain('<polyline');
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      }
    },
  );

  it('have a place each on the page', async () => {
    const page = await readFile(join(PROJECT, 'BENCHMARKS.md'), 'utf8');
    for (const name of SECTIONS) expect(replacePart(page, `serving-${name}`, 'new')).toContain('new');
  });
});

describe('the verdict', () => {
  it.each([
    [[point(1, 10), point(2, 9)], true],
    [[point(1, 10), point(2, 8.9)], false],
    [[point(1, 10), point(2, 10, 501)], false],
    [[point(1, 10), { fraction: 2, figures: refusedAll }], false],
  ])('on overload asks for nine tenths of the best goodput and a p99 in time', (points, isReached) => {
    const [verdict] = judgeOverload({
      model: 'tiny',
      capacity: 10,
      deadlines: [{ deadlineMs: 500, points }],
    });
    expect(verdict!.isReached).toBe(isReached);
  });

  it('on memory tells what grows from what is level', () => {
    const [server, workers] = judgeMemory({ model: 'tiny', samples: samples(20_000) });
    expect(server).toMatchObject({ part: 'server', isLevel: false });
    expect(server!.perRequest).toBeCloseTo(20_000);
    expect(workers).toMatchObject({ part: 'workers', isLevel: true, perRequest: 0 });
  });

  it('on overhead is the difference of medians', () => {
    const [overhead] = (sections[3] as Extract<Section, { name: 'overhead' }>).models;
    expect(addedMs(overhead!)).toBe(1.5);
  });
});
