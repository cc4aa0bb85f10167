import { WorkerLostError } from '../runtime/inference-worker.ts';
import { clientGone, deadlinePassed, lostTwice } from './queue-errors.ts';

/** A request whose run gave no answer. */
export interface Unanswered {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** How often a worker was lost with it, this time included. */
  readonly losses: number;
}

/**
 * What a request is refused with after its run gave no answer; nothing for one that is run again, by itself. A lost run is
 * done again once. A failed one is done again to find which of its requests it fails: one that it fails alone is that.
 */
export function refusalAfter(
  error: Error,
  { signal, deadlineMs, losses }: Unanswered,
  { wasAlone, nowMs }: { wasAlone: boolean; nowMs: number },
): Error | undefined {
  if (losses > 1) return lostTwice();
  if (wasAlone && !(error instanceof WorkerLostError)) return error;
  if (signal.aborted) return clientGone();
  return deadlineMs <= nowMs ? deadlinePassed() : undefined;
}
