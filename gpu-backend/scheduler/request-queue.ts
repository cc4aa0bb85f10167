import type { GenerationRow } from '../../shared/generation-batch.ts';
import { searchWidth } from '../../shared/generation-parameters.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import type { Clock } from './clock.ts';
import type { ServiceTime } from './service-time.ts';
import { type BatchLimits, countBatches, takeBatch, type Waiting } from './take-batch.ts';

export interface QueueLimits extends BatchLimits {
  /** Requests that may wait; what is already running does not count. */
  maxQueueSize: number;
}

export interface Submission {
  /** One to maxBatchSize rows of one width. */
  rows: GenerationRow[];
  /** Until when the run must have begun, on the queue's clock; Infinity for none. A run is never cut short. */
  deadlineMs: number;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
  /** Whose request it is; opaque, at most 128 characters. */
  tenant?: string;
  /** 1 is the highest, larger numbers come later; one without comes after all that have one. */
  priority?: number;
}

export interface Answer {
  rows: GeneratedRow[];
  queueMs: number;
  inferenceMs: number;
}

export interface QueuedRequest extends Waiting {
  readonly rows: GenerationRow[];
  answer(answer: Answer): void;
  fail(error: Error): void;
}

const NO_BATCH = { batch: [], lookAgainAtMs: Number.POSITIVE_INFINITY };

/**
 * Requests that wait for a run, oldest first and not more than `maxQueueSize`. A request leaves the queue in one of
 * four ways: taken into a batch, its deadline passed, its client gone, or abandoned with all others.
 */
export class RequestQueue {
  readonly #limits: QueueLimits;
  readonly #clock: Clock;
  readonly #serviceTime: ServiceTime;
  #waiting: QueuedRequest[] = [];
  #isClosed = false;
  #isPaused = false;
  #changed = Promise.withResolvers<void>();

  constructor({
    limits,
    clock,
    serviceTime,
  }: { limits: QueueLimits; clock: Clock; serviceTime: ServiceTime }) {
    this.#limits = limits;
    this.#clock = clock;
    this.#serviceTime = serviceTime;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @throws {BackendError} queue_full, not_ready, deadline_exceeded, client_gone, or whatever the run failed with */
  async submit({ rows, deadlineMs, signal }: Submission): Promise<Answer> {
    this.#admit(signal);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const nowMs = this.#clock.nowMs();
    const request: QueuedRequest = {
      rows,
      rowCount: rows.length,
      width: searchWidth(rows[0]!.parameters),
      arrivedAtMs: nowMs,
      deadlineMs,
      answer: resolve,
      fail: reject,
    };
    const onGone = () => this.#drop(request, clientGone());
    signal.addEventListener('abort', onGone);
    const cancelTimer = this.#clock.after(deadlineMs - nowMs, () => this.#drop(request, deadlinePassed()));
    this.#waiting.push(request);
    this.#notify();
    return promise.finally(() => {
      signal.removeEventListener('abort', onGone);
      cancelTimer();
    });
  }

  /** The next batch as soon as one is due and the queue not paused; null once it is closed and empty. */
  async takeBatch(): Promise<QueuedRequest[] | null> {
    for (;;) {
      const { batch, lookAgainAtMs } = this.#isPaused ? NO_BATCH : this.#select();
      if (batch.length > 0) return batch;
      if (this.#isClosed && this.#waiting.length === 0) return null;
      await this.#change(lookAgainAtMs);
    }
  }

  /** Hands out no batch while nothing can run one. What waits can still expire, leave or be abandoned. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#notify();
  }

  /** Admits nothing more. What waits is still taken, without holding it back for others to join. */
  close(): void {
    this.#isClosed = true;
    this.#notify();
  }

  /** Fails whatever waits. */
  abandon(error: Error): void {
    for (const request of this.#waiting.splice(0)) request.fail(error);
    this.#notify();
  }

  get #batchLimits(): BatchLimits {
    return { ...this.#limits, ...(this.#isClosed && { maxQueueDelayMs: 0 }) };
  }

  #select(): { batch: QueuedRequest[]; lookAgainAtMs: number } {
    const { batch, expired, rest, lookAgainAtMs } = takeBatch(
      this.#waiting,
      this.#batchLimits,
      this.#clock.nowMs(),
    );
    this.#waiting = rest;
    // A timer may come late; a request whose deadline has passed must not cost a run even so.
    for (const request of expired) request.fail(deadlinePassed());
    return { batch, lookAgainAtMs };
  }

  #admit(signal: AbortSignal): void {
    if (signal.aborted) throw clientGone();
    if (this.#isClosed)
      throw new BackendError('not_ready', 'The server is shutting down.', { retryAfterSeconds: 1 });
    if (this.#waiting.length < this.#limits.maxQueueSize) return;
    // The run that is under way counts as a whole one.
    const batches = countBatches(this.#waiting, this.#limits.maxBatchSize) + 1;
    throw new BackendError(
      'queue_full',
      `The queue is full (max_queue_size is ${this.#limits.maxQueueSize}).`,
      {
        retryAfterSeconds: this.#serviceTime.retryAfterSeconds(batches),
      },
    );
  }

  #drop(request: QueuedRequest, error: BackendError): void {
    const index = this.#waiting.indexOf(request);
    // Not in the queue any more: it runs, and a run cannot be called off. A deadline that passes now keeps its answer.
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    request.fail(error);
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Resolves when the queue has changed or the moment has come. */
  async #change(lookAgainAtMs: number): Promise<void> {
    const { promise } = this.#changed;
    const cancelTimer = this.#clock.after(lookAgainAtMs - this.#clock.nowMs(), () => this.#notify());
    await promise;
    cancelTimer();
  }
}

function clientGone(): BackendError {
  return new BackendError('client_gone', 'The client has gone.');
}

function deadlinePassed(): BackendError {
  return new BackendError('deadline_exceeded', 'The deadline passed before the request could run.');
}
