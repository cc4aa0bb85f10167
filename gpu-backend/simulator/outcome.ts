import { BackendError } from '../protocol/backend-error.ts';

export interface Outcome {
  /** Latencies of what was answered. */
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  /** Answers within the time that clients wait, per second. */
  goodput: number;
  /** Shares of all requests: answered in time, answered late, refused on arrival, expired in the queue. */
  inTime: number;
  late: number;
  refused: number;
  expired: number;
  /** Share of the time that devices ran. */
  utilization: number;
}

/** Counts how requests end. */
export class OutcomeCount {
  readonly #timeoutMs: number;
  readonly #latenciesMs: number[] = [];
  #late = 0;
  #refused = 0;
  #expired = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  answered(latencyMs: number): void {
    this.#latenciesMs.push(latencyMs);
    if (latencyMs > this.#timeoutMs) this.#late++;
  }

  /** @throws whatever is no refusal: a simulation has no other failures */
  failed(error: unknown): void {
    if (!(error instanceof BackendError)) throw error;
    if (error.code === 'deadline_exceeded') this.#expired++;
    else this.#refused++;
  }

  /** @param during for how long requests came, and what share of it devices ran */
  outcome(during: { seconds: number; utilization: number }): Outcome {
    const inTime = this.#latenciesMs.length - this.#late;
    const all = this.#latenciesMs.length + this.#refused + this.#expired;
    const sorted = Float64Array.from(this.#latenciesMs).sort();
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
    return {
      p50Ms: at(0.5),
      p90Ms: at(0.9),
      p99Ms: at(0.99),
      goodput: inTime / during.seconds,
      inTime: inTime / all,
      late: this.#late / all,
      refused: this.#refused / all,
      expired: this.#expired / all,
      utilization: during.utilization,
    };
  }
}
