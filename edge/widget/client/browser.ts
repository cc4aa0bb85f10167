export interface BrowserStorage {
  getItem(name: string): string | null;
  setItem(name: string, text: string): void;
  removeItem(name: string): void;
}

/** Of a change of the storage, the name; of a page that is shown, whether it was kept asleep. */
export interface BrowserEvent {
  key?: string | null;
  persisted?: boolean;
}

/** What a page has and other places may not. The client does without any of it, and so compiles without a DOM. */
interface BrowserGlobals {
  localStorage?: BrowserStorage;
  document?: { hidden: boolean };
  navigator?: {
    locks?: {
      request(name: string, options: { signal: AbortSignal }, work: () => Promise<void>): Promise<unknown>;
    };
  };
  addEventListener?(
    type: string,
    listener: (event: BrowserEvent) => void,
    options: { signal: AbortSignal },
  ): void;
}

export const browser = globalThis as BrowserGlobals;
