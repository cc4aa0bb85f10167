import './without-telemetry.ts';
import { Worker } from 'node:worker_threads';
import type { Manifest } from '../compiler/manifest.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { GeneratedRow } from './generation-session.ts';
import type { FromThread, InferenceWorkerData, ToThread } from './inference-worker-messages.ts';

export interface InferenceWorkerOptions extends InferenceWorkerData {
  /** The thread's program. */
  thread?: URL;
}

const THREAD = new URL('./inference-worker-thread.ts', import.meta.url);

/**
 * The main thread's end of one inference thread. A run blocks that thread, never this one. A thread lives once: when
 * it has stopped by itself, open another worker.
 */
export class InferenceWorker {
  readonly #thread: Worker;
  readonly #ready = Promise.withResolvers<Manifest>();
  readonly #stopped = Promise.withResolvers<Error | undefined>();
  readonly #runs = new Map<number, PromiseWithResolvers<GeneratedRow[]>>();
  #lastRun = 0;
  #isReady = false;
  #isClosing = false;
  /** Why the thread ended, or is about to. */
  #end: Error | undefined;

  constructor({ thread = THREAD, ...data }: InferenceWorkerOptions) {
    // Whoever awaits `ready` sees the rejection; nobody has to.
    this.#ready.promise.catch(() => {});
    this.#thread = new Worker(thread, { name: 'inference', workerData: data });
    this.#thread.on('message', (message: FromThread) => this.#receive(message));
    this.#thread.on('error', (error) => {
      this.#end = new Error(`The inference thread crashed: ${error.message}`);
    });
    this.#thread.on('exit', (code) => this.#finish(code));
  }

  /** Rejects with the session's message where the model cannot be opened. */
  get ready(): Promise<Manifest> {
    return this.#ready.promise;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when the thread has ended: with the reason, or undefined where it was closed. */
  get stopped(): Promise<Error | undefined> {
    return this.#stopped.promise;
  }

  /** One run; its rows share a number of beams. Runs wait in the thread for its opening and for each other. */
  async run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    if (this.#end !== undefined) throw this.#end;
    const id = ++this.#lastRun;
    const run = Promise.withResolvers<GeneratedRow[]>();
    this.#runs.set(id, run);
    this.#tell({ kind: 'generate', id, rows });
    return run.promise;
  }

  /**
   * Ends the thread once its opening and its runs are done. It is never terminated: that would abort the process
   * when the runtime comes back from native code and finds its thread gone.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#tell({ kind: 'close' });
    await this.stopped;
  }

  #receive(message: FromThread): void {
    switch (message.kind) {
      case 'opened':
        this.#isReady = true;
        this.#ready.resolve(message.manifest);
        break;
      case 'cannot open':
        this.#end = new Error(message.message);
        this.#ready.reject(this.#end);
        break;
      case 'generated':
        this.#takeRun(message.id).resolve(message.generated);
        break;
      case 'failed':
        this.#takeRun(message.id).reject(new Error(message.message));
        break;
    }
  }

  #takeRun(id: number): PromiseWithResolvers<GeneratedRow[]> {
    const run = this.#runs.get(id);
    if (run === undefined)
      throw new Error(`The inference thread answered an unknown run ${id}. This is a bug.`);
    this.#runs.delete(id);
    return run;
  }

  #finish(code: number): void {
    this.#isReady = false;
    this.#end ??= new Error(`The inference thread stopped (exit code ${code}).`);
    this.#ready.reject(this.#end);
    for (const run of this.#runs.values()) run.reject(this.#end);
    this.#runs.clear();
    this.#stopped.resolve(this.#isClosing ? undefined : this.#end);
  }

  #tell(message: ToThread): void {
    this.#thread.postMessage(message);
  }
}
