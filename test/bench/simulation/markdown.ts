import { meanRelativeError, type RunCost } from '../../../gpu-backend/simulator/run-cost.ts';
import { table } from '../report/markdown.ts';
import type { MeasuredCosts } from './measured-costs.ts';
import type { Basis, Played, Scenario } from './scenarios.ts';

export interface SimulationResults {
  command: string;
  basis: Basis;
  costs: MeasuredCosts;
  /** Assumed: how many times faster a GPU does a step, and each sequence in it. */
  gpuTimes: { step: number; sequence: number };
  /** Assumed: dollars an hour. */
  prices: { processor: number; gpu: number };
  played: Played[];
}

const SECTIONS: { section: Scenario['section']; title: string; labels: string[] }[] = [
  { section: 'batch size', title: '`MAX_BATCH_SIZE`', labels: ['rows', 'load'] },
  { section: 'delay', title: '`MAX_QUEUE_DELAY_MICROSECONDS`', labels: ['delay, ms', 'load'] },
  { section: 'queue size', title: '`MAX_QUEUE_SIZE`', labels: ['requests', 'load'] },
  { section: 'arrivals', title: 'How requests arrive', labels: ['arrivals', 'mean load'] },
  { section: 'fleet', title: 'GPUs (assumed)', labels: ['machines', 'GPUs'] },
];

export function renderSimulation(results: SimulationResults): string {
  const parts = SECTIONS.map(({ section, title, labels }) => {
    const own = results.played.filter((played) => played.section === section);
    return `**${title}**\n\n${renderTable(own, labels, results)}`;
  });
  return [describe(results), ...parts].join('\n\n');
}

function describe({ command, basis, costs, gpuTimes, prices }: SimulationResults): string {
  const { demand, processor, jitter } = basis;
  const { min, max } = demand.replyTokens;
  const error = (100 * meanRelativeError(processor, costs.runs)).toFixed(0);
  return [
    `Simulated with \`${command}\`. Requests of one row, ${demand.beams} beams, ${demand.inputTokens} tokens in, ${min} to ${max} out, whose`,
    `clients wait ${demand.timeoutMs / 1000} s. A run takes ${describeCost(processor)}, fitted to`,
    `${costs.runs.length} measured runs (${costs.source}) with a mean error of ${error} %;`,
    `its logarithm has a standard deviation of ${jitter}, which is assumed.`,
    `A load of 100 % is what one processor does in full runs of the default size. **GPUs were not measured**: one is assumed to do a step`,
    `${gpuTimes.step} times and each sequence in it ${gpuTimes.sequence} times as fast. Prices are assumed too: a machine with one processor`,
    `$${prices.processor} an hour, a GPU with its share of a machine $${prices.gpu}.`,
  ].join('\n');
}

function describeCost({ stepMs, sequenceMs }: RunCost): string {
  return `steps × (${stepMs.toFixed(1)} + ${sequenceMs.toFixed(2)} × rows × beams) ms`;
}

function renderTable(played: Played[], labels: string[], { prices }: SimulationResults): string {
  return table(
    [
      ...labels,
      'requests/s',
      'p50',
      'p90',
      'p99',
      'goodput/s',
      'in time',
      'refused',
      'busy',
      '$ per million',
    ],
    played.map(({ section, labels, demand, supply, outcome }) => {
      const devices = supply.machines * supply.workers;
      const dollarsPerHour = devices * (section === 'fleet' ? prices.gpu : prices.processor);
      return [
        ...labels,
        figure(demand.perSecond),
        seconds(outcome.p50Ms),
        seconds(outcome.p90Ms),
        seconds(outcome.p99Ms),
        figure(outcome.goodput),
        percent(outcome.inTime),
        percent(outcome.refused),
        percent(Math.min(1, outcome.utilization)),
        figure((dollarsPerHour / 3600 / outcome.goodput) * 1e6),
      ];
    }),
  );
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
