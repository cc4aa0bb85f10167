import { arrivals } from './arrivals.ts';
import { generateClosedLoop, generateOpenLoop, type Send } from './generate-load.ts';
import { type LoadFigures, quickestAfter, summarize } from './outcomes.ts';

/** Clients that each wait for their answer before they ask again, or requests a second that come whatever happens. */
export type Load = { clients: number } | { rate: number };

export interface MeasuredLoad {
  load: Load;
  /** How long it lasted; shorter than it was to where it was ended early. */
  seconds: number;
  figures: LoadFigures;
  /** Where no answer came in the time that counts, but some did afterwards: how long the quickest of those took. */
  lateMs?: number;
}

interface MeasureOptions {
  seconds: number;
  /** What an answer must keep to count as one in time. */
  deadlineMs: number;
  /** Ends it early: what was answered until then counts. */
  signal: AbortSignal;
}

/** The first part of a load warms up: connections, caches, and under overload the queue fills. */
export const WARM_UP_SHARE = 0.25;
const SEED = 20_041_363;

/** Offers a load for some time. Requests of a rate come as a Poisson process, the same one each time. */
export async function measureLoad(send: Send, load: Load, options: MeasureOptions): Promise<MeasuredLoad> {
  const { deadlineMs, signal } = options;
  const startMs = performance.now();
  const outcomes =
    'clients' in load
      ? await generateClosedLoop(send, { ...options, clients: load.clients })
      : await generateOpenLoop(send, timesOf(load.rate, options.seconds), signal);
  const seconds = signal.aborted ? (performance.now() - startMs) / 1000 : options.seconds;
  const span = { fromMs: 1000 * seconds * WARM_UP_SHARE, toMs: 1000 * seconds };
  const figures = summarize(outcomes, { ...span, deadlineMs });
  const lateMs = figures.throughput > 0 ? undefined : quickestAfter(outcomes, span.toMs);
  return { load, seconds, figures, ...(lateMs !== undefined && { lateMs }) };
}

function timesOf(perSecond: number, seconds: number): number[] {
  return arrivals('poisson', { perSecond, seconds, seed: SEED });
}
