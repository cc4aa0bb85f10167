import { type RunShape, together, tokensOf } from './run-shape.ts';
import type { BatchLimits, Moment, Waiting } from './take-batch.ts';

export interface Work {
  /** Requests that go first. */
  ahead: readonly Pick<Waiting, 'shape'>[];
  /** When each run that is under way is expected to end. */
  runsEndAtMs: readonly number[];
  /** Workers that can run. */
  workers: number;
  /** Rows that arrive in a millisecond. */
  arrivalRate: number;
}

/** How long it takes until what goes first has run, when the workers share it and nothing else comes before it. */
export function predictWaitMs(
  { ahead, runsEndAtMs, workers }: Omit<Work, 'arrivalRate'>,
  moment: Moment,
): number {
  if (ahead.length === 0 && runsEndAtMs.length < workers) return 0;
  const rests = runsEndAtMs.map((endsAtMs) => Math.max(0, endsAtMs - moment.nowMs));
  return (sum(rests) + predictRunsMs(ahead, moment)) / Math.max(1, workers);
}

/**
 * How long it takes until a newcomer's own run has ended. Until that begins, others come and join it, which makes it
 * longer: they count as if all that come were of its width.
 */
export function predictDoneMs({ shape }: Pick<Waiting, 'shape'>, work: Work, moment: Moment): number {
  const { limits, predict } = moment;
  const all = [shape, ...work.ahead.map((other) => other.shape)];
  const alike = all.filter(({ width }) => width === shape.width).reduce(together);
  const perRun = rowsPerRun(alike, limits);
  const rowsBefore = (Math.ceil(alike.rows / perRun) - 1) * perRun;
  const others = work.ahead.filter((other) => other.shape.width !== shape.width);
  const before = rowsBefore === 0 ? others : [...others, { shape: { ...alike, rows: rowsBefore } }];
  const beginsInMs = predictWaitMs({ ...work, ahead: before }, moment);
  const joining = work.arrivalRate * beginsInMs;
  const rows = Math.min(perRun, alike.rows - rowsBefore + joining);
  return beginsInMs + predict({ ...alike, rows });
}

/** The time of all runs that what waits will take, if they are as full as they can be. */
function predictRunsMs(waiting: Work['ahead'], { limits, predict }: Moment): number {
  const byWidth = new Map<number, RunShape>();
  for (const { shape } of waiting) {
    const others = byWidth.get(shape.width);
    byWidth.set(shape.width, others === undefined ? shape : together(others, shape));
  }
  const times = [...byWidth.values()].map((all) => {
    const runs = Math.ceil(all.rows / rowsPerRun(all, limits));
    return runs * predict({ ...all, rows: all.rows / runs });
  });
  return sum(times);
}

function rowsPerRun(shape: RunShape, { maxBatchSize, maxBatchTokens }: BatchLimits): number {
  const rowTokens = tokensOf({ ...shape, rows: 1 });
  return Math.max(1, Math.min(maxBatchSize, Math.floor(maxBatchTokens / rowTokens)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
