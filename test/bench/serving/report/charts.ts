import type { LoadFigures } from '../../../../infra/load/outcomes.ts';
import type {
  ClientsOfModel,
  LoadOfModel,
  LoadPoint,
  MemoryOfModel,
  OverloadOfModel,
  Section,
} from '../results.ts';
import { type Line, lineChart } from './line-chart.ts';

/** The file that holds the chart of a section for a model. */
export function chartFile(section: Section['name'], model: string): string {
  return `serving-${section}-${model}.svg`;
}

/** The charts of a section as SVG, by file. The overhead is two numbers, and has none. */
export function drawCharts(section: Section): Record<string, string> {
  const charts: Record<string, string> = {};
  const draw = (model: string, svg: string) => {
    charts[chartFile(section.name, model)] = svg;
  };
  switch (section.name) {
    case 'load':
      for (const model of section.models) draw(model.model, loadChart(model));
      break;
    case 'overload':
      for (const model of section.models) draw(model.model, overloadChart(model));
      break;
    case 'clients':
      for (const model of section.models) draw(model.model, clientsChart(model));
      break;
    case 'memory':
      for (const model of section.models) draw(model.model, memoryChart(model));
      break;
    case 'overhead':
      break;
  }
  return charts;
}

function loadChart({ model, batching, oneByOne }: LoadOfModel): string {
  return twoPanels(`Offered load: ${model}`, 'offered, requests/s', {
    batching: batching.map(({ figures }) => ({ x: figures.offered, figures })),
    oneByOne: oneByOne.map(({ figures }) => ({ x: figures.offered, figures })),
  });
}

function clientsChart({ model, batching, oneByOne }: ClientsOfModel): string {
  return twoPanels(`Clients that wait for their answers: ${model}`, 'clients', {
    batching: batching.map(({ clients, figures }) => ({ x: clients, figures })),
    oneByOne: oneByOne.map(({ clients, figures }) => ({ x: clients, figures })),
  });
}

function twoPanels(
  title: string,
  below: string,
  measured: Record<'batching' | 'oneByOne', { x: number; figures: LoadFigures }[]>,
): string {
  const lines = (pick: (figures: LoadFigures) => number | undefined): Line[] => [
    { name: 'batching', kind: 'own', points: pointsOf(measured.batching, pick) },
    { name: 'max_batch_size 1', kind: 'other', points: pointsOf(measured.oneByOne, pick) },
  ];
  return lineChart(title, [
    { heading: 'answered, requests/s', below, lines: lines(({ throughput }) => throughput) },
    { heading: 'latency p50, ms', below, lines: lines(({ latencyMs }) => latencyMs?.p50) },
    { heading: 'latency p99, ms', below, lines: lines(({ latencyMs }) => latencyMs?.p99) },
  ]);
}

function pointsOf(
  measured: { x: number; figures: LoadFigures }[],
  pick: (figures: LoadFigures) => number | undefined,
): Line['points'] {
  return measured.flatMap(({ x, figures }) => {
    const y = pick(figures);
    return y === undefined ? [] : [{ x, y }];
  });
}

function overloadChart({ model, deadlines }: OverloadOfModel): string {
  const goodput = (points: LoadPoint[]) =>
    points.map(({ fraction, figures }) => ({ x: fraction, y: figures.goodput }));
  const panels = deadlines.map(({ deadlineMs, points }) => ({
    heading: `answered within ${deadlineMs} ms, requests/s`,
    below: 'offered, × what it carries',
    lines: [{ name: 'batching', kind: 'own' as const, points: goodput(points) }],
  }));
  return lineChart(`Overload: ${model}`, panels);
}

function memoryChart({ model, samples }: MemoryOfModel): string {
  const line = (
    name: string,
    kind: Line['kind'],
    bytesOf: (sample: (typeof samples)[number]) => number,
  ): Line => ({
    name,
    kind,
    points: samples.map((sample) => ({ x: sample.requests, y: bytesOf(sample) / 1e6 })),
  });
  return lineChart(`Memory: ${model}`, [
    {
      heading: 'resident memory, MB',
      below: 'requests answered',
      lines: [
        line('server', 'own', ({ server }) => server),
        line('inference', 'other', ({ workers }) => workers),
      ],
    },
  ]);
}
