import { BackendError, quoted } from '../protocol/backend-error.ts';
import type { NamedModelSource } from './model-source.ts';
import { ServedModel, type ServedModelOptions } from './served-model.ts';

/** The models of this server, by name. Which there are is said at the start; loaded and unloaded they can be at any time. */
export class ModelRepository {
  readonly #models: ReadonlyMap<string, ServedModel>;

  constructor(sources: readonly NamedModelSource[], options: ServedModelOptions) {
    this.#models = new Map(sources.map((source) => [source.name, new ServedModel(source, options)]));
  }

  /** In the order in which they were named. */
  get models(): ServedModel[] {
    return [...this.#models.values()];
  }

  /** @throws {BackendError} not_found */
  require(name: string): ServedModel {
    const model = this.#models.get(name);
    if (model !== undefined) return model;
    const known = this.models.map((known) => quoted(known.name)).join(', ');
    throw new BackendError('not_found', `Unknown model ${quoted(name)}; this server has ${known}.`);
  }

  /**
   * Whether every model is ready that nobody has unloaded.
   * @throws {BackendError} not_ready, for the first that is not; without details, which are not for everybody
   */
  requireReady(): void {
    for (const model of this.models) {
      if (model.isWanted && model.status.state !== 'ready') throw model.notReady();
    }
  }

  /** Requests that wait for a run. */
  get waiting(): number {
    return this.models.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** @throws {Error} with one line, as soon as one cannot be loaded */
  async loadAll(): Promise<void> {
    await Promise.all(this.models.map((model) => model.load()));
  }

  /** Admits nothing more, answers what is accepted and closes what is open. Loads that are under way are not waited for. */
  async endAll(): Promise<void> {
    await Promise.all(this.models.map((model) => model.end()));
  }
}
