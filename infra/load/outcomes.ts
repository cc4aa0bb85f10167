import { quantile } from './quantile.ts';

/** What became of one request. */
export interface Outcome {
  /** When it was to be sent, milliseconds from the start. */
  intendedAtMs: number;
  /** When it was sent: later where the generator itself could not keep up. */
  sentAtMs: number;
  /** When its answer was there in full. */
  endedAtMs: number;
  /** 0 where the connection broke. */
  status: number;
}

export interface LatencyMs {
  p50: number;
  p90: number;
  p99: number;
}

export interface LoadFigures {
  requests: number;
  /** Requests a second: as they were sent, answered with 200, and answered with 200 within the deadline. */
  offered: number;
  throughput: number;
  goodput: number;
  /** Of those answered with 200, from the moment when each was to be sent; absent where none was. */
  latencyMs?: LatencyMs;
  /** The others, by status. */
  refused: Record<string, number>;
  /** How much later than intended requests were sent, 99th percentile: large, and the generator was the bottleneck. */
  latenessMs: number;
}

/**
 * Figures of a time span; what came before warmed up. Answers are counted where they ended, so that a queue which fills
 * while load lasts and empties afterwards does not pass for throughput. Latencies are of the requests that were due in the
 * span, however late they ended.
 */
export function summarize(
  outcomes: Outcome[],
  { fromMs, toMs, deadlineMs }: { fromMs: number; toMs: number; deadlineMs: number },
): LoadFigures {
  const isWithin = (moment: number) => moment >= fromMs && moment < toMs;
  const due = outcomes.filter(({ intendedAtMs }) => isWithin(intendedAtMs));
  const ended = outcomes.filter(({ endedAtMs, status }) => isWithin(endedAtMs) && status === 200);
  const latencies = due.filter(({ status }) => status === 200).map(latencyOf);
  const seconds = (toMs - fromMs) / 1000;
  const refused: Record<string, number> = {};
  for (const { status } of due) if (status !== 200) refused[status] = (refused[status] ?? 0) + 1;
  const latenesses = due.map(({ sentAtMs, intendedAtMs }) => sentAtMs - intendedAtMs);
  return {
    requests: due.length,
    offered: due.length / seconds,
    throughput: ended.length / seconds,
    goodput: ended.filter((outcome) => latencyOf(outcome) <= deadlineMs).length / seconds,
    ...(latencies.length > 0 && { latencyMs: percentiles(latencies) }),
    refused,
    latenessMs: latenesses.length === 0 ? 0 : quantile(latenesses, 0.99),
  };
}

/** The least latency, in milliseconds, of those answered with 200 at a moment or later; undefined where there are none. */
export function quickestAfter(outcomes: Outcome[], momentMs: number): number | undefined {
  const later = outcomes.filter(({ endedAtMs, status }) => endedAtMs >= momentMs && status === 200);
  return later.length === 0 ? undefined : Math.min(...later.map(latencyOf));
}

function latencyOf({ intendedAtMs, endedAtMs }: Outcome): number {
  return endedAtMs - intendedAtMs;
}

export function percentiles(values: number[]): LatencyMs {
  return { p50: quantile(values, 0.5), p90: quantile(values, 0.9), p99: quantile(values, 0.99) };
}
