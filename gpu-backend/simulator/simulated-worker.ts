import type { GenerationRow } from '../../shared/generation-batch.ts';
import { searchWidth } from '../../shared/generation-parameters.ts';
import type { Manifest } from '../compiler/manifest.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import type { InferenceWorker } from '../runtime/inference-worker.ts';
import type { Clock } from '../scheduler/clock.ts';
import { type RunCost, runMs } from './run-cost.ts';

/** A row whose reply is known, as no real one's is. */
export interface SimulatedRow extends GenerationRow {
  replyTokens: number;
  generated: GeneratedRow;
}

export interface SimulatedWorkerOptions {
  cost: RunCost;
  /** How much runs of one shape differ: the standard deviation of the logarithm of their time. */
  jitter: number;
  clock: Clock;
  random(): number;
  /** Told of each run's time as it begins. */
  onRun(ms: number): void;
}

/** A worker that only takes time: as much as a real one would, by its cost. */
export class SimulatedWorker implements InferenceWorker {
  readonly device = 'cpu';
  readonly isReady = true;
  readonly ready = Promise.resolve({} as Manifest);
  readonly stopped: Promise<undefined>;
  readonly #options: SimulatedWorkerOptions;
  readonly #end = Promise.withResolvers<undefined>();

  constructor(options: SimulatedWorkerOptions) {
    this.#options = options;
    this.stopped = this.#end.promise;
  }

  async run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    const simulated = rows as SimulatedRow[];
    const steps = Math.max(...simulated.map(({ replyTokens }) => replyTokens));
    const beams = searchWidth(rows[0]!.parameters);
    const { cost, jitter, random } = this.#options;
    const ms = runMs(cost, { rows: rows.length, beams, steps }) * Math.exp(jitter * normal(random));
    this.#options.onRun(ms);
    await new Promise<void>((resolve) => this.#options.clock.after(ms, resolve));
    return simulated.map(({ generated }) => generated);
  }

  async close(): Promise<void> {
    this.#end.resolve(undefined);
  }
}

/** A number of the standard normal distribution, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
