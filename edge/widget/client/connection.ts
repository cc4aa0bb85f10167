import { browser } from './browser.ts';
import type { ChatStore } from './chat-store.ts';

/** Whether the edge can be reached, as the last request and the browser say; and how the next is waited for. */
export class Connection {
  readonly #store: ChatStore;
  readonly #life: AbortSignal;
  /** Ends pauses: there is a connection again. */
  #back = new AbortController();

  /** @param life ends all that waits and listens */
  constructor(store: ChatStore, life: AbortSignal) {
    this.#store = store;
    this.#life = life;
  }

  listen(): void {
    const options = { signal: this.#life };
    const onBack = () => {
      this.set(true);
      this.#back.abort();
      this.#back = new AbortController();
    };
    browser.addEventListener?.('online', onBack, options);
    browser.addEventListener?.('offline', () => this.set(false), options);
  }

  /** Until the time is over, the connection is back, or a signal ends the wait. */
  async pause(ms: number, ...signals: AbortSignal[]): Promise<void> {
    await waitFor(ms, AbortSignal.any([this.#life, this.#back.signal, ...signals]));
  }

  set(online: boolean): void {
    if (online !== this.#store.state.online && !this.#life.aborted)
      this.#store.dispatch({ type: 'connection', online });
  }
}

export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
