import { WorkerLostError } from '../runtime/inference-worker.ts';
import type { WorkerState } from '../runtime/supervised-worker.ts';

/** Why a model cannot answer. */
export interface Explanation {
  /** A sentence for whoever asks. */
  reason: string;
  /** What the system or a library said of it: may name files of the server's. */
  detail?: string;
}

/** Whether a model can answer, and if not, why. */
export type SchedulerState =
  | { kind: 'ready' }
  | ({ kind: 'loading' | 'restarting' | 'draining' } & Explanation)
  /** The breaker is open. */
  | ({ kind: 'broken'; retryAfterSeconds: number } & Explanation);

/** One worker is enough to answer. Without any, the state is that of the one which is nearest to it. */
export function describeWorkers(workers: readonly WorkerState[]): SchedulerState {
  if (workers.some(({ kind }) => kind === 'ready')) return { kind: 'ready' };
  const restarting = workers.find((worker) => worker.kind === 'restarting');
  if (restarting) return { kind: 'restarting', ...explain('The worker restarts.', restarting.cause) };
  const broken = workers.find((worker) => worker.kind === 'broken');
  if (broken) {
    const retryAfterSeconds = Math.ceil(broken.restartInMs / 1000);
    const sentence = `The workers stop again and again; one is tried every ${retryAfterSeconds} seconds.`;
    return { kind: 'broken', ...explain(sentence, broken.cause), retryAfterSeconds };
  }
  return workers.some(({ kind }) => kind === 'opening')
    ? { kind: 'loading', reason: 'The model is loading.' }
    : { kind: 'draining', reason: 'The model is closed.' };
}

function explain(sentence: string, cause: Error): Explanation {
  // How a process ended is said in our words, why a model could not be opened in others'.
  return cause instanceof WorkerLostError
    ? { reason: `${sentence} ${cause.message}` }
    : { reason: sentence, detail: cause.message };
}
