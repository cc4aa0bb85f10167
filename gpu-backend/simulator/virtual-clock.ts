import type { Clock } from '../scheduler/clock.ts';

interface Timer {
  atMs: number;
  /** Of two at the same moment the one that was set first comes first. */
  order: number;
  callback: (() => void) | undefined;
}

/** Time that passes as fast as what happens in it can be worked off. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #timersSet = 0;
  /** A binary heap: each timer is due no later than the two below it, at 2i + 1 and 2i + 2. */
  #heap: Timer[] = [];
  #cancelled = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    if (delayMs === Number.POSITIVE_INFINITY) return () => {};
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const timer: Timer = { atMs, order: this.#timersSet++, callback };
    this.#push(timer);
    return () => {
      if (timer.callback === undefined) return;
      timer.callback = undefined;
      this.#forgetCancelled();
    };
  }

  /** Runs whatever is due, one after the other, until nothing is left. */
  async run(): Promise<void> {
    for (let timer = this.#pop(); timer !== undefined; timer = this.#pop()) {
      const { callback } = timer;
      if (callback === undefined) {
        this.#cancelled--;
        continue;
      }
      timer.callback = undefined;
      this.#nowMs = timer.atMs;
      callback();
      await promisesSettle();
    }
  }

  /** A cancelled timer is not looked for, which would take long: all go at once when they are most of the heap. */
  #forgetCancelled(): void {
    if (++this.#cancelled <= this.#heap.length / 2) return;
    // A sorted list is a heap.
    this.#heap = this.#heap
      .filter(({ callback }) => callback !== undefined)
      .sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(timer, heap[above]!)) break;
      heap[index] = heap[above]!;
      index = above;
    }
    heap[index] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (below >= heap.length || !isBefore(heap[below]!, last)) break;
      heap[index] = heap[below]!;
      index = below;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Everything that waits on promises goes on before the next immediate. */
function promisesSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
