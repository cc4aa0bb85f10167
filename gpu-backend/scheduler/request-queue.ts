import { BackendError } from '../protocol/backend-error.ts';
import { WorkerLostError } from '../runtime/inference-worker.ts';
import {
  type QueueLimits,
  type QueueState,
  refuseLargerThanAnyRun,
  refuseLate,
  makeRoom,
  queueFull,
} from './admission.ts';
import { ArrivalRate } from './arrival-rate.ts';
import type { Clock } from './clock.ts';
import { countTokens } from './count-tokens.ts';
import { FairShare } from './fair-share.ts';
import type { SchedulerObserver } from './observer.ts';
import { type RunShape, shapeOf, together, tokensOf } from './run-shape.ts';
import { clientGone, deadlinePassed, modelClosing } from './queue-errors.ts';
import type { Answer, QueuedRequest, Submission } from './queued-request.ts';
import { refusalAfter } from './second-chance.ts';
import type { ServiceTime } from './service-time.ts';
import { type Moment, takeBatch } from './take-batch.ts';

/** Who takes batches: a worker, once it can run. */
export interface Taker {
  readonly isReady: boolean;
}

const NO_BATCH = { batch: [], lookAgainAtMs: Number.POSITIVE_INFINITY };

export interface RequestQueueOptions {
  limits: QueueLimits;
  clock: Clock;
  serviceTime: ServiceTime;
  observe: SchedulerObserver;
}

/**
 * Requests that wait for a run, in order of arrival and not more than `maxQueueSize`. A request leaves the queue in one of
 * four ways: taken into a batch, its deadline passed, its client gone, or abandoned with all others.
 */
export class RequestQueue {
  readonly #limits: QueueLimits;
  readonly #clock: Clock;
  readonly #serviceTime: ServiceTime;
  readonly #observe: SchedulerObserver;
  readonly #fairShare = new FairShare();
  readonly #takers = new Set<Taker>();
  readonly #arrivalRate = new ArrivalRate();
  /** When the run of each batch that was taken is expected to end. */
  readonly #running = new Map<QueuedRequest[], number>();
  #waiting: QueuedRequest[] = [];
  #batchesTaken = 0;
  #isClosed = false;
  #refusal: BackendError | undefined;
  #changed = Promise.withResolvers<void>();

  constructor({ limits, clock, serviceTime, observe }: RequestQueueOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#serviceTime = serviceTime;
    this.#observe = observe;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * @throws {BackendError} invalid_request, queue_full, overloaded, not_ready, deadline_exceeded, client_gone, worker_lost, or
   * what the run failed with
   */
  async submit(submission: Submission): Promise<Answer> {
    try {
      this.#refuseForNow(submission);
      const answer = await this.#enqueue(submission);
      this.#observe({
        kind: 'answered',
        rows: answer.rows.length,
        queueMs: answer.queueMs,
        inferenceMs: answer.inferenceMs,
        generatedTokens: countTokens(answer.rows),
      });
      return answer;
    } catch (error) {
      const reason = error instanceof BackendError ? error.code : 'inference_failed';
      this.#observe({ kind: 'rejected', reason, waiting: this.#waiting.length });
      throw error;
    }
  }

  async #enqueue(submission: Submission): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const request = this.#place(submission, { answer: resolve, fail: reject });
    this.#admit(request);
    const { signal, deadlineMs, arrivedAtMs } = request;
    const onGone = () => this.#drop(request, clientGone());
    signal.addEventListener('abort', onGone);
    const cancelTimer = this.#clock.after(deadlineMs - arrivedAtMs, () =>
      this.#drop(request, deadlinePassed()),
    );
    this.#notify();
    return promise.finally(() => {
      signal.removeEventListener('abort', onGone);
      cancelTimer();
    });
  }

  #place(submission: Submission, reply: Pick<QueuedRequest, 'answer' | 'fail'>): QueuedRequest {
    const { rows, deadlineMs, signal, tenant = '', priority = Number.POSITIVE_INFINITY } = submission;
    return {
      ...reply,
      rows,
      tenant,
      signal,
      deadlineMs,
      priority,
      shape: shapeOf(rows),
      startTag: this.#fairShare.startTag(tenant),
      arrivedAtMs: this.#clock.nowMs(),
      arrivedAtBatch: this.#batchesTaken,
      isAlone: false,
      losses: 0,
    };
  }

  #admit(request: QueuedRequest): void {
    const { shape, tenant, startTag, arrivedAtMs } = request;
    refuseLargerThanAnyRun(shape, this.#limits);
    this.#arrivalRate.record(shape.rows, arrivedAtMs);
    const state = this.#state;
    refuseLate(request, state);
    const leaving = makeRoom(request, state);
    if (leaving !== undefined) this.#drop(leaving, queueFull(state));
    this.#fairShare.charge(tenant, startTag, tokensOf(shape));
    this.#waiting.push(request);
    this.#observe({ kind: 'enqueued', rows: shape.rows, waiting: this.#waiting.length });
  }

  /**
   * The next batch as soon as one is due and its taker ready; null once the queue is closed and empty. What waits can
   * expire, leave or be abandoned meanwhile.
   */
  async takeBatch(taker: Taker): Promise<QueuedRequest[] | null> {
    this.#takers.add(taker);
    for (;;) {
      const { batch, lookAgainAtMs } = taker.isReady ? this.#select() : NO_BATCH;
      if (batch.length > 0) return batch;
      if (this.#isClosed && this.#waiting.length === 0) return null;
      await this.#change(lookAgainAtMs);
    }
  }

  /** The run of a batch is over. */
  retire(batch: QueuedRequest[]): void {
    this.#running.delete(batch);
  }

  /** Fails whatever waits and whatever comes or comes back, until `resume`. */
  refuseAll(error: BackendError): void {
    this.#refusal = error;
    this.abandon(error);
  }

  /** Lets takers look again, one of which has become ready. What is refused while the queue is closed stays refused. */
  resume(): void {
    if (!this.#isClosed) this.#refusal = undefined;
    this.#notify();
  }

  /**
   * Takes back the requests of a run that gave no answer, each to be run by itself: so the one that is at fault fails
   * alone. Refuses those that have no second chance.
   */
  putBack(batch: QueuedRequest[], error: Error): void {
    const moment = { wasAlone: batch.length === 1, nowMs: this.#clock.nowMs() };
    const again: QueuedRequest[] = [];
    for (const request of batch) {
      if (error instanceof WorkerLostError) request.losses++;
      const refusal = this.#refusal ?? refusalAfter(error, request, moment);
      if (refusal !== undefined) request.fail(refusal);
      else again.push(request);
    }
    for (const request of again) request.isAlone = true;
    this.#waiting.unshift(...again);
    const waiting = this.#waiting.length;
    if (again.length > 0) this.#observe({ kind: 'run again', requests: again.length, waiting });
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
    this.#fairShare.forget();
    this.#notify();
  }

  get #state(): QueueState<QueuedRequest> {
    const nowMs = this.#clock.nowMs();
    // Nobody comes any more for whom it would pay to wait.
    const limits = this.#isClosed ? { ...this.#limits, maxQueueDelayMs: 0 } : this.#limits;
    const predict = (shape: RunShape) => this.#serviceTime.predictMs(shape);
    const { isMeasured } = this.#serviceTime;
    return {
      waiting: this.#waiting,
      runsEndAtMs: [...this.#running.values()],
      arrivalRate: this.#arrivalRate.at(nowMs),
      workers: [...this.#takers].filter(({ isReady }) => isReady).length,
      limits,
      moment: { limits, nowMs, batchesTaken: this.#batchesTaken, predict, isMeasured },
      uncertainty: this.#serviceTime.uncertainty,
    };
  }

  #select(): { batch: QueuedRequest[]; lookAgainAtMs: number } {
    const { moment } = this.#state;
    const { batch, expired, rest, lookAgainAtMs } = takeBatch(this.#waiting, moment);
    this.#waiting = rest;
    // A timer may come late; a request whose deadline has passed must not cost a run even so.
    for (const request of expired) this.#leave(request, deadlinePassed());
    if (batch.length > 0) this.#take(batch, moment);
    return { batch, lookAgainAtMs };
  }

  #take(batch: QueuedRequest[], { nowMs, predict }: Moment): void {
    this.#batchesTaken++;
    const runMs = predict(batch.map(({ shape }) => shape).reduce(together));
    this.#running.set(batch, nowMs + runMs);
    this.#fairShare.advance(batch[0]!.startTag);
    if (this.#waiting.length === 0) this.#fairShare.forget();
  }

  #refuseForNow({ signal, deadlineMs }: Submission): void {
    if (signal.aborted) throw clientGone();
    // As while a slow body came. In a full queue it would take a place from somebody, only to leave it.
    if (deadlineMs <= this.#clock.nowMs()) throw deadlinePassed();
    if (this.#refusal !== undefined) throw this.#refusal;
    if (this.#isClosed) throw modelClosing();
  }

  /** Out of the queue without a run. */
  #leave(request: QueuedRequest, error: BackendError): void {
    this.#fairShare.refund(request.tenant, tokensOf(request.shape));
    request.fail(error);
  }

  #drop(request: QueuedRequest, error: BackendError): void {
    const index = this.#waiting.indexOf(request);
    // Not in the queue any more: it runs, and a run cannot be called off. A deadline that passes now keeps its answer.
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.#leave(request, error);
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
