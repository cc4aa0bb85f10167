/** Time as the scheduler sees it; tests pass one that they advance by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment, never going back. */
  nowMs(): number;
  /** Calls back once `delayMs` have passed, never for Infinity; the function returned calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

// Node runs a timer at once whose delay does not fit 32 bits; 24 days are as good as never.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    if (delayMs > LONGEST_TIMER_MS) return () => {};
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
