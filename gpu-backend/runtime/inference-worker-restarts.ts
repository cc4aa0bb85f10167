import type { Manifest } from '../compiler/manifest.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { GeneratedRow } from './generation-session.ts';
import type { InferenceWorker } from './inference-worker.ts';

export interface RestartOptions {
  openWorker(): InferenceWorker;
  /** Told of each worker that is open from now on, the first one too. */
  onReady(): void;
  /** Told why a worker stopped and when the next one will be opened. */
  onStopped(reason: Error, restartInMs: number): void;
  wait(delayMs: number): Promise<unknown>;
}

const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 30_000;

/**
 * A worker that is opened anew when its thread has stopped by itself, after a pause that doubles until a run succeeds.
 * What ran is lost with the thread, and a run that comes in between fails: start none until `onReady`.
 */
export class RestartingInferenceWorker {
  readonly #options: RestartOptions;
  #current: InferenceWorker | undefined;
  #restartInMs = FIRST_RESTART_MS;
  #isClosed = false;

  constructor(options: RestartOptions) {
    this.#options = options;
  }

  /** Opens the first worker. Where that fails nothing is tried again: the model is at fault, not the moment. */
  async open(): Promise<Manifest> {
    const worker = this.#openNext();
    const manifest = await worker.ready;
    void this.#keepRunning(worker);
    return manifest;
  }

  get isReady(): boolean {
    return this.#current?.isReady ?? false;
  }

  async run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    if (this.#current === undefined)
      throw new Error('A run came before any worker was opened. This is a bug.');
    const generated = await this.#current.run(rows);
    this.#restartInMs = FIRST_RESTART_MS;
    return generated;
  }

  /** Ends the worker once what runs is done, and opens no other. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.close();
  }

  async #keepRunning(first: InferenceWorker): Promise<void> {
    for (let worker = first; ; worker = this.#openNext()) {
      const reason = await worker.stopped;
      if (reason === undefined) return;
      this.#options.onStopped(reason, this.#restartInMs);
      await this.#options.wait(this.#restartInMs);
      if (this.#isClosed) return;
      this.#restartInMs = Math.min(this.#restartInMs * 2, LONGEST_RESTART_MS);
    }
  }

  #openNext(): InferenceWorker {
    const worker = this.#options.openWorker();
    this.#current = worker;
    // A worker that cannot be opened stops, and is told of as such.
    worker.ready.then(this.#options.onReady, () => {});
    return worker;
  }
}
