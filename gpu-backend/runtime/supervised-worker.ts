import type { Manifest } from '../compiler/manifest.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Device } from './device.ts';
import type { GeneratedRow } from './generation-session.ts';
import type { InferenceWorker } from './inference-worker.ts';

export interface SupervisedWorkerOptions {
  openWorker(): InferenceWorker;
  /** Told of each worker that is open from now on, the first one too. */
  onReady(worker: InferenceWorker): void;
  onStopped(stop: WorkerStop): void;
  clock: Clock;
}

export interface WorkerStop {
  worker: InferenceWorker;
  reason: Error;
  /** When the next one will be opened. */
  restartInMs: number;
  /** The breaker is open: it stopped so often that the next one is only a probe. */
  isBroken: boolean;
}

export type WorkerState =
  | { kind: 'opening' | 'ready' | 'closed' }
  | { kind: 'restarting'; cause: Error }
  | { kind: 'broken'; cause: Error; restartInMs: number };

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** So many stops without a run between them open the breaker. Fewer are what one bad request or one bad minute makes. */
const STOPS_TO_BREAK = 4;

/** What follows the n-th stop in a row, counted from 1. */
export function afterStop(stops: number): { restartInMs: number; isBroken: boolean } {
  const isBroken = stops >= STOPS_TO_BREAK;
  return { restartInMs: isBroken ? LONGEST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (stops - 1), isBroken };
}

/**
 * A worker that is opened anew when it has stopped by itself, after a pause that doubles. After some stops in a row a
 * breaker opens: one probe a pause, which closes it once the model is open and has run. Only a run of real requests
 * forgets the stops, so that a worker that opens well and dies of every run breaks at once again.
 */
export class SupervisedWorker {
  readonly #options: SupervisedWorkerOptions;
  #current: InferenceWorker | undefined;
  #state: WorkerState = { kind: 'opening' };
  #stops = 0;
  #endPause = () => {};

  constructor(options: SupervisedWorkerOptions) {
    this.#options = options;
  }

  /** Opens the first worker. Where that fails nothing is tried again: the model is at fault, not the moment. */
  async open(): Promise<Manifest> {
    const worker = this.#openNext();
    const manifest = await worker.ready;
    void this.#keepRunning(worker);
    return manifest;
  }

  get state(): WorkerState {
    return this.#state;
  }

  get isReady(): boolean {
    return this.#current?.isReady ?? false;
  }

  get device(): Device {
    return this.#opened.device;
  }

  /** @throws {WorkerLostError} where the worker stopped, now or before; any other error is the run's own */
  async run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    const generated = await this.#opened.run(rows);
    this.#stops = 0;
    return generated;
  }

  /** Ends the worker once what runs is done, and opens no other. */
  async close(): Promise<void> {
    this.#state = { kind: 'closed' };
    this.#endPause();
    await this.#current?.close();
  }

  async #keepRunning(first: InferenceWorker): Promise<void> {
    for (let worker = first; ; worker = this.#openNext()) {
      const reason = await worker.stopped;
      if (reason === undefined || this.#isClosed) return;
      const next = afterStop(++this.#stops);
      const { restartInMs, isBroken } = next;
      this.#state = isBroken
        ? { kind: 'broken', cause: reason, restartInMs }
        : { kind: 'restarting', cause: reason };
      this.#options.onStopped({ worker, reason, ...next });
      await this.#pause(restartInMs);
      if (this.#isClosed) return;
    }
  }

  #openNext(): InferenceWorker {
    const worker = this.#options.openWorker();
    this.#current = worker;
    worker.ready.then(
      () => {
        if (this.#isClosed) return;
        this.#state = { kind: 'ready' };
        this.#options.onReady(worker);
      },
      // A worker that cannot be opened stops, and is told of as such.
      () => {},
    );
    return worker;
  }

  get #opened(): InferenceWorker {
    if (this.#current === undefined) throw new Error('No worker was opened yet. This is a bug.');
    return this.#current;
  }

  get #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  async #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(delayMs, resolve);
    this.#endPause = resolve;
    await promise;
    cancel();
  }
}
