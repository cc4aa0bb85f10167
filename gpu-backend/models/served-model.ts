import { BackendError } from '../protocol/backend-error.ts';
import type { ModelOpener, OpenModel } from './open-model.ts';
import type { NamedModelSource } from './model-source.ts';

/** Compiled folders have no versions: what is in the folder is the model. */
export const MODEL_VERSION = '1';

export type ModelState = 'unloaded' | 'loading' | 'ready' | 'unloading' | 'failed';

export interface ModelStatus {
  state: ModelState;
  /** One sentence, for every state but ready. */
  reason?: string;
  /** What the system or a library said of it: may name files of the server's, and is for those who may use it. */
  detail?: string;
  retryAfterSeconds?: number;
}

export interface ServedModelOptions {
  opener: ModelOpener;
  /** How long what is accepted may still wait for its run once the model is unloaded. */
  drainTimeoutMs: number;
}

const LOADING: ModelStatus = { state: 'loading', reason: 'The model is loading.' };
const UNLOADING: ModelStatus = { state: 'unloading', reason: 'The model is being unloaded.' };
const FAILED: ModelStatus = { state: 'failed', reason: 'The model could not be loaded.' };
const UNLOADED: ModelStatus = { state: 'unloaded', reason: 'The model is not loaded.' };

// Nothing is measured yet that could tell how long a model still loads.
const NOT_READY_RETRY_SECONDS = 2;

/**
 * One model by its name: loaded, unloaded and loaded again, one after the other. A model that is loaded again answers
 * from its earlier build until the next one is open.
 */
export class ServedModel {
  readonly name: string;
  readonly #source: NamedModelSource;
  readonly #opener: ModelOpener;
  readonly #drainTimeoutMs: number;
  #open: OpenModel | undefined;
  /** What holds while nothing is open. */
  #closed: ModelStatus = LOADING;
  /** Builds that answer what they have accepted and nothing more. */
  readonly #retiring = new Set<Promise<void>>();
  /** The newest load or unload that is not done. */
  #last: Promise<void> | undefined;
  /** The same where it has not begun. */
  #next: { kind: 'load' | 'unload'; done: Promise<void> } | undefined;

  constructor(source: NamedModelSource, { opener, drainTimeoutMs }: ServedModelOptions) {
    this.name = source.name;
    this.#source = source;
    this.#opener = opener;
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  get status(): ModelStatus {
    if (this.#open === undefined) return this.#closed;
    const { state } = this.#open.scheduler;
    return state.kind === 'ready' ? { state: 'ready' } : { ...state, state: 'loading' };
  }

  /** Whether it is missed while it is not ready: from the start until somebody unloads it. */
  get isWanted(): boolean {
    return !['unloading', 'unloaded'].includes(this.status.state);
  }

  /** What a client must share with it; undefined while nothing is loaded. */
  get properties(): OpenModel['properties'] | undefined {
    return this.#open?.properties;
  }

  /** Requests that wait for a run. */
  get waiting(): number {
    return this.#open?.scheduler.waiting ?? 0;
  }

  /** What answers requests now. @throws {BackendError} not_ready */
  requireReady(): OpenModel {
    const { state, detail } = this.status;
    if (state === 'ready') return this.#open!;
    throw this.notReady(detail);
  }

  /** What is answered while it is not ready. */
  notReady(detail?: string): BackendError {
    const { state, reason, retryAfterSeconds = NOT_READY_RETRY_SECONDS } = this.status;
    const why = [reason, detail].filter(Boolean).join(' ');
    const isPassing = state === 'loading';
    return new BackendError('not_ready', `The model "${this.name}" is not ready: ${why}`, {
      ...(isPassing && { retryAfterSeconds }),
    });
  }

  /**
   * Loads the model; where it is loaded, again if its folder holds another build by now. Loads that wait are one.
   * @throws {Error} with one line; an earlier build goes on answering then
   */
  load(): Promise<void> {
    return this.#enqueue('load', () => this.#load());
  }

  /** Admits nothing more, answers what is accepted and closes the model. Unloads that wait are one. */
  unload(): Promise<void> {
    return this.#enqueue('unload', () => this.#unload());
  }

  /** As `unload`, for a process that is about to end: at once, whatever is being loaded. */
  async end(): Promise<void> {
    await this.#unload();
    await Promise.all(this.#retiring);
  }

  #enqueue(kind: 'load' | 'unload', work: () => Promise<void>): Promise<void> {
    // What has begun is not joined: a load may have looked into the folder before the build came that is asked for now.
    if (this.#next?.kind === kind) return this.#next.done;
    const done = this.#last === undefined ? work() : this.#afterLast(kind, work);
    this.#last = done;
    const forget = () => {
      if (this.#last === done) this.#last = undefined;
    };
    done.then(forget, forget);
    return done;
  }

  #afterLast(kind: 'load' | 'unload', work: () => Promise<void>): Promise<void> {
    const begin = () => {
      if (this.#next === next) this.#next = undefined;
      return work();
    };
    const next = { kind, done: this.#last!.then(begin, begin) };
    this.#next = next;
    return next.done;
  }

  async #load(): Promise<void> {
    const previous = this.#open;
    if (previous === undefined) this.#closed = LOADING;
    try {
      if (previous?.fingerprint === (await this.#opener.fingerprint(this.#source))) return;
      this.#open = await this.#opener.open(this.#source);
    } catch (error) {
      if (previous === undefined) this.#closed = { ...FAILED, detail: (error as Error).message };
      throw error;
    }
    if (previous !== undefined) await this.#retire(previous);
  }

  async #unload(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#closed = UNLOADING;
    if (open !== undefined) await this.#retire(open);
    this.#closed = UNLOADED;
  }

  async #retire({ scheduler }: OpenModel): Promise<void> {
    const done = scheduler.drain(this.#drainTimeoutMs).then(() => scheduler.close());
    this.#retiring.add(done);
    await done.finally(() => this.#retiring.delete(done));
  }
}
