import type { BackendErrorCode } from '../protocol/backend-error.ts';
import type { Device } from '../runtime/device.ts';

/** What goes through one run. */
export interface RunFigures {
  /** Tells the scheduler's runs apart. */
  run: number;
  device: Device;
  requests: number;
  rows: number;
  /** Sequences side by side for each row: its beams or samples. */
  width: number;
  /** Input tokens that rows brought, and places that were filled up to the longest row. */
  promptTokens: number;
  paddingTokens: number;
}

/** Everything that happens in a scheduler, as metrics, traces and logs want it. Never token ids. */
export type SchedulerEvent =
  | { kind: 'enqueued'; rows: number; waiting: number }
  /** Refused on arrival, or dropped from the queue: it was not answered. */
  | { kind: 'rejected'; reason: BackendErrorCode; waiting: number }
  | ({ kind: 'run started'; waiting: number } & RunFigures)
  | ({ kind: 'run ended'; inferenceMs: number } & RunFigures & RunOutcome)
  | { kind: 'answered'; rows: number; queueMs: number; inferenceMs: number; generatedTokens: number }
  /** Goes into another run, since the one that it was in was lost or failed. */
  | { kind: 'run again'; requests: number; waiting: number }
  | { kind: 'worker ready'; device: Device; pid: number | undefined }
  | { kind: 'worker stopped'; device: Device; message: string; restartInMs: number; isBroken: boolean };

export type RunOutcome =
  /** Tokens of each row's best sequence, end tokens included. */
  | { outcome: 'generated'; generatedTokens: number }
  /** The graph failed, or the worker ended in the middle of it. */
  | { outcome: 'failed' | 'lost'; message: string };

/** Told of each event as it happens. Must not throw, and not wait. */
export type SchedulerObserver = (event: SchedulerEvent) => void;
