// Half of the mean comes from the last three runs or so: replies differ in length, yet load changes within minutes.
const WEIGHT_OF_NEWEST = 0.2;

// Told only until the first run has been measured.
const BEFORE_ANY_MEASUREMENT_SECONDS = 1;

/** How long a run takes, as a moving average over the runs so far. */
export class ServiceTime {
  #meanMs: number | undefined;

  record(runMs: number): void {
    this.#meanMs =
      this.#meanMs === undefined ? runMs : this.#meanMs + WEIGHT_OF_NEWEST * (runMs - this.#meanMs);
  }

  /** When `batches` runs will be over, in whole seconds as Retry-After has them: never 0, never too early. */
  retryAfterSeconds(batches: number): number {
    if (this.#meanMs === undefined) return BEFORE_ANY_MEASUREMENT_SECONDS;
    return Math.max(1, Math.ceil((this.#meanMs * batches) / 1000));
  }
}
