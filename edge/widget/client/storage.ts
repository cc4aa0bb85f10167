import { type BrowserEvent, type BrowserStorage, browser } from './browser.ts';

/** Where a client keeps its conversation. Whoever shares one shares the conversation. */
export interface ClientStorage {
  get(): string | null;
  set(text: string | null): void;
  /** Calls when another client has set it, or may have. Returns what ends that. */
  subscribe(onChange: () => void): () => void;
  /** Runs work of one client at a time. Where it is left out, each client sends its own messages alone. */
  exclusively?(work: () => Promise<void>): Promise<void>;
}

// Work that takes longer than this has most likely been suspended. It may be done twice: idempotency keys see to that.
const LOCK_PATIENCE_MS = 60_000;

/**
 * A browser's storage under a name, shared by all tabs of an origin. Where the browser refuses it (private windows, sandboxed
 * frames) or there is none, what is set lasts as long as the page.
 */
export function browserStorage(name: string): ClientStorage {
  let own: string | null = null;
  /** What was set last could not be kept. */
  let isAhead = false;
  const locks = browser.navigator?.locks;

  // Even to look for a storage that is refused throws.
  const attempt = (access: (storage: BrowserStorage | undefined) => void) => {
    try {
      access(browser.localStorage);
    } catch {}
  };

  return {
    get() {
      attempt((storage) => {
        if (storage && !isAhead) own = storage.getItem(name);
      });
      return own;
    },
    set(text) {
      own = text;
      isAhead = true;
      attempt((storage) => {
        if (text === null) storage?.removeItem(name);
        else storage?.setItem(name, text);
        isAhead = false;
      });
    },
    subscribe(onChange) {
      const listener = ({ key, persisted }: BrowserEvent) => {
        // No name: all of the storage was cleared. A page that was left and is come back to was told of nothing meanwhile.
        if (key === name || key === null || persisted) onChange();
      };
      const end = new AbortController();
      for (const event of ['storage', 'pageshow']) browser.addEventListener?.(event, listener, end);
      return () => end.abort();
    },
    ...(locks && {
      async exclusively(work: () => Promise<void>) {
        const signal = AbortSignal.timeout(LOCK_PATIENCE_MS);
        let began = false;
        const once = () => {
          began = true;
          return work();
        };
        try {
          await locks.request(name, { signal }, once);
        } catch (error) {
          if (began) throw error;
          await work();
        }
      },
    }),
  };
}
