import { BackendError, invalidRequest } from '../protocol/backend-error.ts';
import { goesBefore, inOrder } from './batch-order.ts';
import { predictDoneMs, predictWaitMs } from './predict-wait.ts';
import { type RunShape, tokensOf } from './run-shape.ts';
import type { BatchLimits, Moment, Waiting } from './take-batch.ts';

export interface QueueLimits extends BatchLimits {
  /** Requests that may wait; what is already running does not count. */
  maxQueueSize: number;
}

/** A queue as a newcomer finds it. */
export interface QueueState<T extends Waiting = Waiting> {
  waiting: readonly T[];
  /** When each run that is under way is expected to end. */
  runsEndAtMs: readonly number[];
  /** Rows that arrive in a millisecond, admitted or not. */
  arrivalRate: number;
  /** Workers that can run. */
  workers: number;
  limits: QueueLimits;
  moment: Moment;
  /** How far they are off, as a share. */
  uncertainty: number;
}

// So many standard deviations later than predicted an answer may come and still be in time. In the simulator (`npm run simulate`)
// two keep nearly all that is admitted within its deadline at any load, and raise the goodput of an overloaded queue.
const DEVIATIONS = 2;

// Told only until the first run has been measured.
const UNMEASURED_RETRY_SECONDS = 1;

/** @throws {BackendError} invalid_request, for a request that no run could hold */
export function refuseLargerThanAnyRun(shape: RunShape, { maxBatchTokens }: BatchLimits): void {
  const tokens = tokensOf(shape);
  if (tokens <= maxBatchTokens) return;
  throw invalidRequest(
    `The request takes ${tokens} tokens (rows × beams × the longest input_ids with max_length); ` +
      `max_batch_tokens is ${maxBatchTokens}. Ask for fewer rows, fewer beams or a lower max_length.`,
  );
}

/**
 * Makes room for a newcomer, or refuses it. In a full queue the last in order gives way to whoever goes before it: else
 * one tenant's flood would keep all others out.
 * @returns the request that has to leave, if one has to
 * @throws {BackendError} queue_full, with the time until what waits now is through
 */
export function makeRoom<T extends Waiting>(newcomer: Waiting, state: QueueState<T>): T | undefined {
  const { waiting, limits, moment } = state;
  if (waiting.length < limits.maxQueueSize) return undefined;
  const last = inOrder(waiting, moment.batchesTaken).at(-1)!;
  if (goesBefore(last, newcomer, moment.batchesTaken)) throw queueFull(state);
  return last;
}

export function queueFull(state: QueueState): BackendError {
  const waitMs = predictWaitMs({ ...state, ahead: state.waiting }, state.moment);
  const message = `The queue is full (max_queue_size is ${state.limits.maxQueueSize}).`;
  return new BackendError('queue_full', message, { retryAfterSeconds: retrySeconds(waitMs, state) });
}

/**
 * Refuses what would wait until nobody waits for it: its client learns at once to go elsewhere. Only a request that others
 * go before is refused by a prediction. So what is predicted too long is run sooner or later, and corrects the prediction.
 * @throws {BackendError} overloaded, with the time until it would not wait too long
 */
export function refuseLate(newcomer: Waiting, state: QueueState): void {
  const { waiting, moment } = state;
  const ahead = waiting.filter((other) => goesBefore(other, newcomer, moment.batchesTaken));
  if (!moment.isMeasured || ahead.length === 0) return;
  const doneInMs =
    predictDoneMs(newcomer, { ...state, ahead }, moment) * (1 + DEVIATIONS * state.uncertainty);
  const timeoutMs = newcomer.deadlineMs - moment.nowMs;
  if (doneInMs <= timeoutMs) return;
  throw new BackendError(
    'overloaded',
    `The answer would take about ${Math.ceil(doneInMs / 1000)} s, past the deadline: requests that wait go first (${ahead.length}).`,
    { retryAfterSeconds: retrySeconds(doneInMs - timeoutMs, state) },
  );
}

/** Whole seconds as Retry-After has them: never 0, never too early. */
function retrySeconds(ms: number, { moment }: QueueState): number {
  return moment.isMeasured ? Math.max(1, Math.ceil(ms / 1000)) : UNMEASURED_RETRY_SECONDS;
}
