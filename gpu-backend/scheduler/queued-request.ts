import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import type { Waiting } from './take-batch.ts';

export interface Submission {
  /** One to maxBatchSize rows of one width. */
  rows: GenerationRow[];
  /** Until when somebody waits, on the queue's clock; Infinity for ever. A run that has begun is never cut short. */
  deadlineMs: number;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
  /** Whose request it is: opaque. Tenants share the work equally; those without a name are one tenant. */
  tenant?: string;
  /** 1 is the highest, larger numbers come later; one without comes after all that have one. */
  priority?: number;
}

export interface Answer {
  rows: GeneratedRow[];
  queueMs: number;
  inferenceMs: number;
}

export interface QueuedRequest extends Waiting {
  isAlone: boolean;
  readonly rows: GenerationRow[];
  readonly tenant: string;
  readonly signal: AbortSignal;
  /** How often a worker was lost with it. */
  losses: number;
  answer(answer: Answer): void;
  fail(error: Error): void;
}
