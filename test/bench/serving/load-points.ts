import { defaultOf } from '../option-defaults.ts';
import type { Case } from '../workload.ts';
import { arrivals } from '../../../infra/load/arrivals.ts';
import { BackendUnderLoad } from './backend-under-load.ts';
import { generateClosedLoop, generateOpenLoop } from '../../../infra/load/generate-load.ts';
import { InferenceClient, type Send } from './inference-client.ts';
import type { Options } from './options.ts';
import { type LoadFigures, summarize } from '../../../infra/load/outcomes.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { ClientsPoint, LoadPoint } from './results.ts';

// The first quarter of a point warms up: connections, caches, and under overload the queue fills.
const WARM_UP_SHARE = 0.25;
const SEED = 20_041_363;

export function pointOf({ beams, input, output }: Options): Case {
  return { rows: 1, beams, input, output };
}

/** What a section needs while one server runs. */
export interface Serving {
  backend: BackendUnderLoad;
  /** A client that waits for as long as it says in its requests. */
  client(timeoutMs?: number): InferenceClient;
}

/** Starts the server with a model, lets `use` measure it, and ends it. */
export async function withServer<T>(
  model: PreparedModel,
  options: Options,
  use: (serving: Serving) => Promise<T>,
): Promise<T> {
  const backend = await BackendUnderLoad.start({ modelDirectory: model.directory, ...options });
  const target = { url: backend.url, point: pointOf(options), vocabulary: model.vocabulary };
  const clients: InferenceClient[] = [];
  const client = (timeoutMs?: number) => {
    const made = new InferenceClient({ ...target, ...(timeoutMs !== undefined && { timeoutMs }) });
    clients.push(made);
    return made;
  };
  try {
    return await use({ backend, client });
  } finally {
    for (const made of clients) made.close();
    await backend.stop();
  }
}

// How long a first answer is waited for: a point at whose end all requests are still under way says nothing.
const PATIENCE_SECONDS = 120;

/**
 * Requests a second that are answered while two batches' worth of clients always wait; where the time that was asked for is too short
 * for an answer, in a longer one.
 * @throws {Error} where nothing is answered
 */
export async function measureCapacity({ client }: Serving, options: Options): Promise<number> {
  const clients = 2 * options.maxBatchSize;
  const { send } = client();
  for (let { seconds } = options; ; seconds *= 4) {
    const { throughput, refused } = (await closedPoint(send, clients, { ...options, seconds })).figures;
    if (throughput > 0) {
      console.error(`  carries ${throughput.toFixed(2)} requests a second`);
      return throughput;
    }
    const isRefused = Object.keys(refused).length > 0;
    if (isRefused || seconds > PATIENCE_SECONDS) throw new Error('No request was answered.');
  }
}

/** How long a full batch runs. */
export function batchMs(capacity: number, { maxBatchSize }: Options): number {
  return (1000 * maxBatchSize) / capacity;
}

/** Offers one load after the other; every request says how long its client waits. */
export async function offeredLoads(
  { client }: Serving,
  {
    capacity,
    deadlineMs,
    fractions,
    options,
  }: {
    capacity: number;
    deadlineMs: number;
    fractions: number[];
    options: Options;
  },
): Promise<LoadPoint[]> {
  const { send } = client(deadlineMs);
  const points: LoadPoint[] = [];
  for (const fraction of fractions) {
    const perSecond = fraction * capacity;
    const fillSeconds = fraction < 1 ? 0 : secondsToFill(capacity, deadlineMs);
    const seconds = secondsOf(perSecond, fillSeconds, options);
    const seed = SEED + Math.round(1000 * fraction);
    const outcomes = await generateOpenLoop(send, arrivals(options.arrivals, { perSecond, seconds, seed }));
    const figures = summarize(outcomes, measured(seconds, deadlineMs));
    report(`${fraction} of it, ${perSecond.toFixed(2)}/s for ${seconds.toFixed(0)} s`, figures);
    points.push({ fraction, figures });
  }
  return points;
}

export async function closedPoint(send: Send, clients: number, options: Options): Promise<ClientsPoint> {
  const { seconds, deadlineMs } = options;
  const outcomes = await generateClosedLoop(send, { clients, seconds });
  const figures = summarize(outcomes, measured(seconds, deadlineMs));
  report(`${clients} clients`, figures);
  return { clients, figures };
}

function secondsOf(
  perSecond: number,
  fillSeconds: number,
  { seconds, minRequests, maxSeconds }: Options,
): number {
  const wanted = Math.max(seconds, minRequests / perSecond, fillSeconds / WARM_UP_SHARE);
  return Math.min(wanted, Math.max(seconds, maxSeconds));
}

/** At twice the load the queue grows by what is carried, until it is full or as long as clients wait; before that nothing is refused. */
function secondsToFill(capacity: number, deadlineMs: number): number {
  return Math.min(defaultOf('maxQueueSize') / capacity, deadlineMs / 1000);
}

function measured(seconds: number, deadlineMs: number) {
  return { fromMs: 1000 * seconds * WARM_UP_SHARE, toMs: 1000 * seconds, deadlineMs };
}

function report(what: string, { throughput, goodput, latencyMs, refused }: LoadFigures): void {
  const latencies = latencyMs && `p50 ${latencyMs.p50.toFixed(0)} ms, p99 ${latencyMs.p99.toFixed(0)} ms`;
  const others = Object.entries(refused).map(([status, requests]) => `${requests} × ${status}`);
  const parts = [
    `${throughput.toFixed(2)}/s answered, ${goodput.toFixed(2)}/s in time`,
    latencies,
    ...others,
  ];
  console.error(`  ${what}: ${parts.filter(Boolean).join(', ')}`);
}
