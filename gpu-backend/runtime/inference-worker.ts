import { type ChildProcess, fork } from 'node:child_process';
import type { Manifest } from '../compiler/manifest.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { Device } from './device.ts';
import type { GeneratedRow } from './generation-session.ts';
import type { FromWorker, ModelOnDevice, ToWorker } from './inference-worker-messages.ts';

/** A process ended by itself: what it ran is lost, and can be run by another. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
}

/** One model on one device, which runs one batch at a time. Lives once: when it has stopped, open another. */
export interface InferenceWorker {
  readonly device: Device;
  /** Of its process, where it has one. */
  readonly pid?: number | undefined;
  /** Resolves once the model is open and has run. Rejects in the session's words where that cannot be. */
  readonly ready: Promise<Manifest>;
  readonly isReady: boolean;
  /** Resolves when it has ended: with the reason, or undefined where it was closed. */
  readonly stopped: Promise<Error | undefined>;
  /** @throws {WorkerLostError} where the worker ended meanwhile; any other error is the run's own */
  run(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  /** Ends it once its opening and its runs are done. */
  close(): Promise<void>;
}

export interface InferenceProcessOptions extends Omit<ModelOnDevice, 'device'> {
  device?: Device | undefined;
  /** The process's program. */
  program?: URL;
}

// A process in a run hears of its server's end only afterwards, which may be a minute later; and stopped ones never.
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

const PROGRAM = new URL('./inference-process.ts', import.meta.url);

/**
 * The server's end of an inference process. A process of its own, so that a crash in native code, a kernel that ends it
 * for want of memory, or a run that blocks for seconds leave the server standing.
 */
export class InferenceProcess implements InferenceWorker {
  readonly device: Device;
  readonly #process: ChildProcess | undefined;
  readonly #ready = Promise.withResolvers<Manifest>();
  readonly #stopped = Promise.withResolvers<Error | undefined>();
  readonly #runs = new Map<number, PromiseWithResolvers<GeneratedRow[]>>();
  #lastRun = 0;
  #isReady = false;
  #isClosing = false;
  /** Why the process ended, or is about to. */
  #end: Error | undefined;

  constructor({ program = PROGRAM, device = 'cpu', ...model }: InferenceProcessOptions) {
    this.device = device;
    // Whoever awaits `ready` sees the rejection; nobody has to.
    this.#ready.promise.catch(() => {});
    try {
      this.#process = this.#start(program);
      this.#tell({ kind: 'open', device, ...model });
    } catch (error) {
      // Some failures come as events and some, want of memory among them, as exceptions.
      this.#finish(`could not be started: ${(error as Error).message}`);
    }
  }

  #start(program: URL): ChildProcess {
    // Standard output carries the server's log, a line of JSON each: whatever a library prints goes to standard error.
    const stdio = ['ignore', 2, 'inherit', 'ipc'] as const;
    const child = fork(program, [], { serialization: 'advanced', stdio: [...stdio], execArgv: [] });
    living.add(child);
    child.on('message', (message: FromWorker) => this.#receive(message));
    child.on('error', (error) => this.#finish(`could not be started: ${error.message}`));
    // Not `exit`, which may come before the last messages.
    child.on('close', (code, signal) => this.#finish(describeEnd(code, signal)));
    return child;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get ready(): Promise<Manifest> {
    return this.#ready.promise;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get stopped(): Promise<Error | undefined> {
    return this.#stopped.promise;
  }

  /** One run; its rows share one width. Runs wait in the process for its opening and for each other. */
  async run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    if (this.#end !== undefined) throw this.#end;
    const id = ++this.#lastRun;
    const run = Promise.withResolvers<GeneratedRow[]>();
    this.#runs.set(id, run);
    this.#tell({ kind: 'generate', id, rows });
    return run.promise;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#tell({ kind: 'close' });
    await this.stopped;
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'opened':
        this.#isReady = true;
        this.#ready.resolve(message.manifest);
        break;
      case 'cannot open':
        this.#end = new Error(message.message);
        this.#ready.reject(this.#end);
        this.#tell({ kind: 'close' });
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
      throw new Error(`The inference process answered an unknown run ${id}. This is a bug.`);
    this.#runs.delete(id);
    return run;
  }

  #finish(how: string): void {
    if (this.#process !== undefined) living.delete(this.#process);
    this.#isReady = false;
    this.#end ??= new WorkerLostError(`The inference process ${how}`);
    this.#ready.reject(this.#end);
    for (const run of this.#runs.values()) run.reject(this.#end);
    this.#runs.clear();
    this.#stopped.resolve(this.#isClosing ? undefined : this.#end);
  }

  #tell(message: ToWorker): void {
    // Without a callback a message to a process that has just ended would be an error event. `close` tells it all.
    // One that could not be started for want of file descriptors has no way to send.
    this.#process?.send?.(message, () => {});
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), as the system does when memory runs out.';
  return signal === null ? `stopped (exit code ${code}).` : `was ended by ${signal}.`;
}
