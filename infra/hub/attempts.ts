import { plainLine } from '../terminal/plain-text.ts';
import type { HubContext } from './hub-context.ts';
import { TransientError } from './transient-error.ts';

const MOST_FAILURES = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;
// The hub counts requests over five minutes.
const LONGEST_PAUSE_ASKED_MS = 300_000;

/** Counts failures in a row, and waits longer after each. */
export class Attempts {
  readonly #context: HubContext;
  #failures = 0;

  constructor(context: HubContext) {
    this.#context = context;
  }

  /** Something went well: what fails from here on is counted anew. */
  succeed(): void {
    this.#failures = 0;
  }

  /** Waits for the next attempt. @throws the error itself where another attempt is useless or enough were made */
  async fail(error: unknown): Promise<void> {
    const { signal, log, pause } = this.#context;
    signal.throwIfAborted();
    this.#failures += 1;
    if (!(error instanceof TransientError) || this.#failures >= MOST_FAILURES) throw error;
    const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    const pauseMs = Math.min(error.retryAfterMs ?? backoffMs, LONGEST_PAUSE_ASKED_MS);
    log(`${plainLine(error.message)} Trying again in ${Math.ceil(pauseMs / 1000)} s …`);
    await pause(pauseMs, signal);
  }
}

/** Runs `attempt` until it answers. @throws the last attempt's error */
export async function withRetries<T>(context: HubContext, attempt: () => Promise<T>): Promise<T> {
  const attempts = new Attempts(context);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await attempts.fail(error);
    }
  }
}
