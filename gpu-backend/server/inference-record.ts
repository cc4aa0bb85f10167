import type { BackendErrorCode } from '../protocol/backend-error.ts';
import type { TraceParent } from '../protocol/trace-context.ts';

/** Why a row's reply ended: the model ended it, or it had become as long as it may. */
export type FinishReason = 'stop' | 'length';

/** What comes to be known of an inference request while it is worked on. Never token ids. */
export interface InferenceFigures {
  /** The client's, from its header or else its body; ours where it has none. */
  requestId?: string | undefined;
  rows?: number;
  /** When it came to the queue, on the server's clock. */
  queuedAtMs?: number;
  queueMs?: number;
  inferenceMs?: number;
  /** One a row. */
  finishReasons?: FinishReason[];
  /** Why it was not answered. */
  failure?: BackendErrorCode;
}

/** What became of an inference request. */
export interface InferenceRecord extends InferenceFigures {
  requestId: string;
  /** Undefined where the path names none, or the request was refused before a look at it. */
  model: string | undefined;
  status: number;
  /** The span of the client's that it belongs to. */
  parent: TraceParent | undefined;
  /** On the server's clock. */
  startedAtMs: number;
  endedAtMs: number;
}

/** Told of each inference request once its answer is there. Must not throw, and not wait. */
export type InferenceObserver = (record: InferenceRecord) => void;
