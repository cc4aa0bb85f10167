import type { QueueLimits } from '../../../gpu-backend/scheduler/admission.ts';
import { ARRIVAL_SHAPES } from '../../../gpu-backend/simulator/arrivals.ts';
import type { Demand } from '../../../gpu-backend/simulator/demand.ts';
import type { Outcome } from '../../../gpu-backend/simulator/outcome.ts';
import { type RunCost, runMs } from '../../../gpu-backend/simulator/run-cost.ts';
import { type Supply, simulate } from '../../../gpu-backend/simulator/simulate.ts';
import { defaultOf } from '../option-defaults.ts';

/** What all scenarios share. */
export interface Basis {
  demand: Pick<Demand, 'timeoutMs' | 'beams' | 'inputTokens' | 'replyTokens'>;
  processor: RunCost;
  gpu: RunCost;
  /** How much runs of one shape differ, as `Supply` has it. */
  jitter: number;
  requests: number;
  seed: number;
}

export interface Scenario {
  section: 'batch size' | 'delay' | 'queue size' | 'arrivals' | 'fleet';
  /** What is varied, as the table's first columns say it. */
  labels: string[];
  demand: Demand;
  supply: Supply;
}

export type Played = Scenario & { outcome: Outcome };

const LOADS = [0.5, 0.8, 1.2, 2];
const GPUS_PER_MACHINE = 8;
const GPU_BATCH = 64;
// A fleet needs some runs of each device until its queues are what they stay.
const FLEET_REQUESTS_PER_GPU = 20;

/** The backend's own defaults. */
export const DEFAULT_LIMITS: QueueLimits = {
  maxBatchSize: defaultOf('maxBatchSize'),
  maxBatchTokens: defaultOf('maxBatchTokens'),
  preferredBatchSizes: [],
  maxQueueSize: defaultOf('maxQueueSize'),
  maxQueueDelayMs: defaultOf('maxQueueDelayMicroseconds') / 1000,
};

export function scenarios(basis: Basis): Scenario[] {
  return [
    ...[1, 2, 4, 8, 16, 32].flatMap((maxBatchSize) =>
      LOADS.map((load) =>
        onProcessor(basis, 'batch size', [maxBatchSize, percent(load)], { load, limits: { maxBatchSize } }),
      ),
    ),
    ...[0, 100, 500, 2000].flatMap((maxQueueDelayMs) =>
      [0.3, 0.8].map((load) =>
        onProcessor(basis, 'delay', [maxQueueDelayMs, percent(load)], { load, limits: { maxQueueDelayMs } }),
      ),
    ),
    ...[4, 16, 64, 256].flatMap((maxQueueSize) =>
      [0.8, 2].map((load) =>
        onProcessor(basis, 'queue size', [maxQueueSize, percent(load)], { load, limits: { maxQueueSize } }),
      ),
    ),
    ...ARRIVAL_SHAPES.flatMap((shape) =>
      [0.3, 0.6].map((load) => onProcessor(basis, 'arrivals', [shape, percent(load)], { load, shape })),
    ),
    ...[1, 8, 96, 1000, 10_000].map((gpus) => onGpus(basis, gpus)),
  ];
}

export async function play(scenario: Scenario, seed: number): Promise<Played> {
  return { ...scenario, outcome: await simulate(scenario.demand, scenario.supply, seed) };
}

/** Replies a second of one device that does nothing but full runs. */
export function capacityPerSecond(
  cost: RunCost,
  { beams, replyTokens }: Basis['demand'],
  rows: number,
): number {
  const { min, max } = replyTokens;
  // What the longest of so many replies has on average, where each length is as likely.
  const steps = min + ((max - min) * rows) / (rows + 1);
  return (1000 * rows) / runMs(cost, { rows, beams, steps });
}

/** One machine with one processor. The load is a share of what it does in full runs of the default size. */
function onProcessor(
  { demand, processor: cost, jitter, requests }: Basis,
  section: Scenario['section'],
  labels: (string | number)[],
  {
    load,
    shape = 'poisson',
    limits,
  }: { load: number; shape?: Demand['shape']; limits?: Partial<QueueLimits> },
): Scenario {
  const perSecond = load * capacityPerSecond(cost, demand, DEFAULT_LIMITS.maxBatchSize);
  return {
    section,
    labels: labels.map(String),
    // A day's curve is played for a day at least.
    demand: {
      ...demand,
      shape,
      perSecond,
      requests: shape === 'day' ? Math.ceil(perSecond * 86_400) : requests,
    },
    supply: { machines: 1, workers: 1, cost, jitter, limits: { ...DEFAULT_LIMITS, ...limits } },
  };
}

function onGpus({ demand, gpu: cost, jitter, requests }: Basis, gpus: number): Scenario {
  const limits = {
    ...DEFAULT_LIMITS,
    maxBatchSize: GPU_BATCH,
    maxBatchTokens: 1_000_000,
    maxQueueSize: 1024,
  };
  const perSecond = 0.7 * gpus * capacityPerSecond(cost, demand, GPU_BATCH);
  const workers = Math.min(gpus, GPUS_PER_MACHINE);
  return {
    section: 'fleet',
    labels: [String(gpus / workers), String(gpus)],
    demand: {
      ...demand,
      shape: 'poisson',
      perSecond,
      requests: Math.max(requests, gpus * FLEET_REQUESTS_PER_GPU),
    },
    supply: { machines: gpus / workers, workers, cost, jitter, limits },
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
