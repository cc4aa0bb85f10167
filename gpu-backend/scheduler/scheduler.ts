import { BackendError } from '../protocol/backend-error.ts';
import type { InferenceWorker } from '../runtime/inference-worker.ts';
import { SupervisedWorker, type WorkerStop } from '../runtime/supervised-worker.ts';
import { runBatches } from './batching-loop.ts';
import type { Clock } from './clock.ts';
import { modelClosing } from './queue-errors.ts';
import type { SchedulerObserver } from './observer.ts';
import type { QueueLimits } from './admission.ts';
import { RequestQueue } from './request-queue.ts';
import type { Answer, Submission } from './queued-request.ts';
import { describeWorkers, type SchedulerState } from './scheduler-state.ts';
import { ServiceTime } from './service-time.ts';

export interface SchedulerOptions {
  /** One for each device; called again when a worker must be replaced. */
  openWorkers: readonly (() => InferenceWorker)[];
  limits: QueueLimits;
  clock: Clock;
  observe: SchedulerObserver;
}

const CLOSING = { kind: 'draining', reason: modelClosing().message } as const;

/** The queue, the workers that share it and the loop that each of them runs. */
export class Scheduler {
  readonly #queue: RequestQueue;
  readonly #workers: SupervisedWorker[];
  readonly #clock: Clock;
  readonly #observe: SchedulerObserver;
  /** Resolves when the queue is closed and the last batch is done. */
  readonly #served: Promise<unknown>;
  #isDraining = false;

  constructor({ openWorkers, limits, clock, observe }: SchedulerOptions) {
    const serviceTime = new ServiceTime();
    const queue = new RequestQueue({ limits, clock, serviceTime, observe });
    this.#clock = clock;
    this.#observe = observe;
    this.#queue = queue;
    this.#workers = openWorkers.map((openWorker) => this.#supervise(openWorker));
    let runs = 0;
    const loops = this.#workers.map((worker) =>
      runBatches({ queue, worker, serviceTime, observe, clock, nextRun: () => ++runs }),
    );
    this.#served = Promise.all(loops);
  }

  /** Opens the model on every device. @throws {Error} with one line where one fails */
  async open(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.open()));
  }

  get state(): SchedulerState {
    return this.#isDraining ? CLOSING : this.#workerState;
  }

  /** Requests that wait for a run. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** As `RequestQueue.submit`. */
  submit(submission: Submission): Promise<Answer> {
    return this.#queue.submit(submission);
  }

  /** Admits nothing more; finishes what runs and, for `timeoutMs` at most, begins what waits. The rest is refused. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true;
    this.#queue.close();
    const timeout = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.after(timeoutMs, timeout.resolve);
    await Promise.race([this.#served, timeout.promise]);
    cancelTimer();
    this.#queue.refuseAll(modelClosing());
    await this.#served;
  }

  /** Ends the workers, once what they do is done. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  get #workerState(): SchedulerState {
    return describeWorkers(this.#workers.map(({ state }) => state));
  }

  #supervise(openWorker: () => InferenceWorker): SupervisedWorker {
    return new SupervisedWorker({
      openWorker,
      onReady: ({ device, pid }) => {
        this.#observe({ kind: 'worker ready', device, pid });
        this.#queue.resume();
      },
      onStopped: (stop) => this.#afterStop(stop),
      clock: this.#clock,
    });
  }

  #afterStop({ worker, reason, ...next }: WorkerStop): void {
    this.#observe({ kind: 'worker stopped', device: worker.device, message: reason.message, ...next });
    const state = this.#workerState;
    // A worker that is started once more is worth waiting for. A broken one may take hours.
    if (state.kind === 'broken') this.#queue.refuseAll(new BackendError('not_ready', state.reason, state));
  }
}
