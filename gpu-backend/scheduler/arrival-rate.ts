// Long enough to average over chance, short enough to follow a burst.
const MEMORY_MS = 10_000;

/** Rows that arrive, admitted or not, in a millisecond: each counts the less the longer ago it came. */
export class ArrivalRate {
  #perMs = 0;
  #updatedAtMs = 0;

  record(rows: number, nowMs: number): void {
    this.#perMs = this.at(nowMs) + rows / MEMORY_MS;
    this.#updatedAtMs = nowMs;
  }

  at(nowMs: number): number {
    return this.#perMs * Math.exp((this.#updatedAtMs - nowMs) / MEMORY_MS);
  }
}
