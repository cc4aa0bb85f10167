import { type RunShape, together, tokensOf } from './run-shape.ts';
import type { BatchLimits, Moment, Waiting } from './take-batch.ts';

export interface Work {
  /** Requests that go first. */
  ahead: readonly Pick<Waiting, 'shape'>[];
  /** When each run that is under way is expected to end. */
  runsEndAtMs: readonly number[];
  /** Workers that can run. */
  workers: number;
}

/** How long a request waits for its run when the work before it is shared by the workers, and nothing else comes first. */
export function predictWaitMs({ ahead, runsEndAtMs, workers }: Work, moment: Moment): number {
  const rests = runsEndAtMs.map((endsAtMs) => Math.max(0, endsAtMs - moment.nowMs));
  const isIdle = runsEndAtMs.length < workers;
  if (isIdle && ahead.length === 0) return 0;
  const work = sum(rests) + predictRunsMs(ahead, moment);
  return work / Math.max(1, workers);
}

/** The time of all runs that what waits will take, if they are as full as they can be. */
function predictRunsMs(waiting: Work['ahead'], { limits, predict }: Moment): number {
  const byWidth = new Map<number, RunShape>();
  for (const { shape } of waiting) {
    const others = byWidth.get(shape.width);
    byWidth.set(shape.width, others === undefined ? shape : together(others, shape));
  }
  return sum([...byWidth.values()].map((all) => predictInBatches(all, limits, predict)));
}

function predictInBatches(all: RunShape, limits: BatchLimits, predict: Moment['predict']): number {
  const rowTokens = tokensOf({ ...all, rows: 1 });
  const rowsPerBatch = Math.max(
    1,
    Math.min(limits.maxBatchSize, Math.floor(limits.maxBatchTokens / rowTokens)),
  );
  const batches = Math.ceil(all.rows / rowsPerBatch);
  return batches * predict({ ...all, rows: all.rows / batches });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
