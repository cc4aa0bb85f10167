import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { InferenceWorker } from '../runtime/inference-worker.ts';
import { RestartingInferenceWorker } from '../runtime/inference-worker-restarts.ts';
import { runBatches } from './batching-loop.ts';
import type { Clock } from './clock.ts';
import { type Answer, type QueueLimits, RequestQueue, type Submission } from './request-queue.ts';
import { ServiceTime } from './service-time.ts';

export interface SchedulerOptions {
  openWorker(): InferenceWorker;
  limits: QueueLimits;
  clock: Clock;
  log: Log;
}

/** The queue, the loop that empties it and the worker that runs what it hands out. */
export class Scheduler {
  readonly #queue: RequestQueue;
  readonly #worker: RestartingInferenceWorker;
  /** Resolves when the queue is closed and its last batch is done. */
  readonly #served: Promise<void>;

  constructor({ openWorker, limits, clock, log }: SchedulerOptions) {
    const serviceTime = new ServiceTime();
    const queue = new RequestQueue({ limits, clock, serviceTime });
    const worker = new RestartingInferenceWorker({
      openWorker,
      onReady: () => queue.resume(),
      onStopped(reason, restartInMs) {
        queue.pause();
        log({ event: 'worker stopped', level: 'warn', message: reason.message, restart_in_ms: restartInMs });
      },
      wait,
    });
    this.#queue = queue;
    this.#worker = worker;
    this.#served = runBatches({
      queue,
      generate: (rows) => worker.run(rows),
      serviceTime,
      onRun: (run) => log({ event: 'run', level: 'debug', ...run, waiting: queue.length }),
      clock,
    });
  }

  /** Opens the model. @throws {Error} with one line where that fails */
  async open(): Promise<void> {
    await this.#worker.open();
  }

  get isReady(): boolean {
    return this.#worker.isReady;
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
    this.#queue.close();
    await Promise.race([this.#served, wait(timeoutMs)]);
    const message = 'The server is shutting down.';
    this.#queue.abandon(new BackendError('not_ready', message, { retryAfterSeconds: 1 }));
    await this.#served;
  }

  /** Ends the inference thread, once what it does is done. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}
