import { inOrder, type Placed } from './batch-order.ts';
import { type RunShape, together, tokensOf } from './run-shape.ts';

// Where rows cost the same together as apart, the last digits of the sums must not decide.
const ROUNDING = 1e-9;

/** What batching needs to know of a request. It is never split, and fits into the largest batch by itself. */
export interface Waiting extends Placed {
  readonly shape: RunShape;
  readonly arrivedAtMs: number;
  /** Infinity for a client that waits as long as it takes. */
  readonly deadlineMs: number;
  /** Shares its run with nobody: it was in one that failed. */
  readonly isAlone: boolean;
}

export interface BatchLimits {
  /** Rows in one run. */
  maxBatchSize: number;
  /** Beams × rows × length in one run, as `tokensOf` counts. */
  maxBatchTokens: number;
  /** Rows with which a batch leaves without waiting for more. */
  preferredBatchSizes: readonly number[];
  /** How long a request may be held back for others to join it. */
  maxQueueDelayMs: number;
}

export interface Moment {
  limits: BatchLimits;
  nowMs: number;
  /** Batches that have left the queue so far. */
  batchesTaken: number;
  /** How long a run would take: in milliseconds where that is measured, else in any unit. */
  predict(shape: RunShape): number;
  isMeasured: boolean;
}

export interface Selection<T> {
  /** What to run now, the one that all others fit to first: empty while it pays to wait for more. */
  batch: T[];
  /** Requests that nobody waits for any more, or that nobody will when their run ends. */
  expired: T[];
  /** What goes on waiting, in order of arrival. */
  rest: T[];
  /** When an unfinished batch is to leave as it is; Infinity where nothing waits. */
  lookAgainAtMs: number;
}

/**
 * Chooses the next batch: the first request in order (batch-order.ts) and, in the same order, those that fit to it. It
 * leaves when it is full, when it has a preferred size, when one of it has been held back long enough, or when a
 * deadline in it would not outlast the wait. Whoever it would be too late for has no place in it while others wait.
 * @param waiting in order of arrival
 */
export function takeBatch<T extends Waiting>(waiting: readonly T[], moment: Moment): Selection<T> {
  const { limits, nowMs } = moment;
  const ordered = inOrder(waiting, moment.batchesTaken).filter((request) => request.deadlineMs > nowMs);
  if (ordered.length === 0) {
    return { batch: [], expired: [...waiting], rest: [], lookAgainAtMs: Number.POSITIVE_INFINITY };
  }
  const { batch, isFull, late } = fillInTime(ordered, moment);
  const isGone = (request: T) => request.deadlineMs <= nowMs || late.has(request);
  const expired = waiting.filter(isGone);
  const alive = waiting.filter((request) => !isGone(request));
  const leavesAtMs = Math.min(...batch.map(({ arrivedAtMs }) => arrivedAtMs)) + limits.maxQueueDelayMs;
  const isDue = leavesAtMs <= nowMs || batch.some((request) => request.deadlineMs <= leavesAtMs);
  const leaving = isFull || isDue ? batch : cutToPreferred(batch, limits.preferredBatchSizes);
  if (leaving.length === 0) return { batch: [], expired, rest: alive, lookAgainAtMs: leavesAtMs };

  const taken = new Set(leaving);
  const rest = alive.filter((request) => !taken.has(request));
  return { batch: leaving, expired, rest, lookAgainAtMs: nowMs };
}

/**
 * Fills a batch without those whose deadlines it would miss: under overload they would take the places of others who can still
 * be answered, until all are late. Where it misses everybody's it is run all the same, so that predictions are corrected.
 */
function fillInTime<T extends Waiting>(
  ordered: readonly T[],
  moment: Moment,
): { batch: T[]; isFull: boolean; late: Set<T> } {
  const late = new Set<T>();
  for (;;) {
    const filled = fill(
      ordered.filter((request) => !late.has(request)),
      moment,
    );
    const missed = moment.isMeasured ? missedBy(filled.batch, moment) : [];
    if (missed.length === 0 || late.size + missed.length === ordered.length) return { ...filled, late };
    for (const request of missed) late.add(request);
  }
}

/** Those of a batch whose deadlines pass before it would be done. */
function missedBy<T extends Waiting>(batch: readonly T[], { nowMs, predict }: Moment): T[] {
  const endsAtMs = nowMs + predict(batch.map(({ shape }) => shape).reduce(together));
  return batch.filter(({ deadlineMs }) => deadlineMs < endsAtMs);
}

function fill<T extends Waiting>(ordered: readonly T[], moment: Moment): { batch: T[]; isFull: boolean } {
  const [first, ...others] = ordered as [T, ...T[]];
  if (!fits(first.shape, moment.limits)) {
    throw new Error('A request is larger than the largest batch. This is a bug.');
  }
  if (first.isAlone) return { batch: [first], isFull: true };
  const batch = [first];
  let shape = first.shape;
  let isFull = shape.rows === moment.limits.maxBatchSize;
  for (const request of others) {
    if (request.isAlone || request.shape.width !== shape.width) continue;
    const joined = together(shape, request.shape);
    if (!fits(joined, moment.limits)) {
      isFull = true;
    } else if (isWorthJoining(shape, request.shape, moment.predict)) {
      batch.push(request);
      shape = joined;
      isFull ||= shape.rows === moment.limits.maxBatchSize;
    }
  }
  return { batch, isFull };
}

function fits(shape: RunShape, { maxBatchSize, maxBatchTokens }: BatchLimits): boolean {
  return shape.rows <= maxBatchSize && tokensOf(shape) <= maxBatchTokens;
}

/**
 * Lengths may differ so much that the rows of short replies would cost more, carried along to the end of a long one, than
 * a run of their own. Then everybody is done earlier apart: the batch, and even the request that waits for it to end.
 */
function isWorthJoining(batch: RunShape, request: RunShape, predict: Moment['predict']): boolean {
  const apartMs = predict(batch) + predict(request);
  return predict(together(batch, request)) <= apartMs * (1 + ROUNDING);
}

/** As much of a batch as makes the largest preferred size that it can; nothing where it can make none. */
function cutToPreferred<T extends Waiting>(batch: readonly T[], preferred: readonly number[]): T[] {
  let rows = 0;
  let cut = 0;
  for (const [index, { shape }] of batch.entries()) {
    rows += shape.rows;
    if (preferred.includes(rows)) cut = index + 1;
  }
  return batch.slice(0, cut);
}
