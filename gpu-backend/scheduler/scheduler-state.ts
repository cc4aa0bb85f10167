import type { WorkerState } from '../runtime/supervised-worker.ts';

/** Whether a model can answer, and if not, why: a sentence for whoever asks. */
export type SchedulerState =
  | { kind: 'ready' }
  | { kind: 'loading' | 'restarting' | 'draining'; reason: string }
  /** The breaker is open. */
  | { kind: 'broken'; reason: string; retryAfterSeconds: number };

/** One worker is enough to answer. Without any, the state is that of the one which is nearest to it. */
export function describeWorkers(workers: readonly WorkerState[]): SchedulerState {
  if (workers.some(({ kind }) => kind === 'ready')) return { kind: 'ready' };
  const restarting = workers.find((worker) => worker.kind === 'restarting');
  if (restarting) return { kind: 'restarting', reason: `The worker restarts. ${restarting.reason}` };
  const broken = workers.find((worker) => worker.kind === 'broken');
  if (broken) {
    const retryAfterSeconds = Math.ceil(broken.restartInMs / 1000);
    const reason = `The workers stop again and again; one is tried every ${retryAfterSeconds} seconds. ${broken.reason}`;
    return { kind: 'broken', reason, retryAfterSeconds };
  }
  return workers.some(({ kind }) => kind === 'opening')
    ? { kind: 'loading', reason: 'The model is loading.' }
    : { kind: 'draining', reason: 'The model is closed.' };
}
