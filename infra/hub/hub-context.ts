import type { HubSettings } from './settings.ts';

/** What everything that talks to the hub is handed. */
export interface HubContext {
  settings: HubSettings;
  signal: AbortSignal;
  /** Told, in one line, what holds a pull up. */
  log: (line: string) => void;
  /** Waits, and throws the signal's reason once it is aborted. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
