import type { SafetyFlags } from '../safety/safety-flags.ts';
import type { BackendFailure } from './backend-failure.ts';
import type { GenerationBatch } from './inference-request.ts';
import type { GeneratedSequence } from './inference-response.ts';

/** What the edge knows of whatever holds the model: one server or many. */
export interface Backend {
  /**
   * All sequences that were generated for each row, best first: at least `num_return_sequences`.
   * @throws {ApiError} backend_unavailable, backend_timeout, backend_misconfigured, bad_backend_answer,
   *   client_closed_request
   */
  generate(batch: GenerationBatch, call: BackendCall): Promise<GeneratedSequence[][]>;
  /** Every server, and whether it would answer now or would have a second ago. Never throws. */
  status(): Promise<BackendStatus[]>;
  /** What every server says of the model; null from one that does not have it, or does not answer. Never throws. */
  describe(): Promise<{ name: string; properties: Record<string, string> | null }[]>;
  /** What is known of every server here and now, without asking any. */
  inspect(): BackendInspection[];
  /** Asks a server now whether it is ready; one that is out may come back by it. Null where none has this name. */
  probe(name: string): Promise<boolean | null>;
}

/** What a call inherits from the request that it is made for. */
export interface BackendCall {
  requestId: string;
  /** W3C trace context, passed on as it came. */
  traceparent: string | null;
  /** Whose request it is, so that a backend's queue can be fair; an id that names nobody. null where it is not known. */
  tenant: string | null;
  /** How long the client waits, in milliseconds; null where it does not say. */
  timeoutMs: number | null;
  /** Fires when the client has gone. */
  signal: AbortSignal;
  /**
   * Told what happened: the backend's figures once the call is over, however it ended; what was flagged; how long what the
   * model reads took to make; the tokens of a prompt and its replies; who replied; which model, not configured any more, a session
   * was moved from; and what a person thinks of a reply.
   */
  observe(figures: {
    backend?: BackendFigures;
    call?: CallOutcome;
    safety?: SafetyFlags;
    tokenizeMs?: number;
    tokens?: number;
    reply?: ReplyFigures;
    movedFrom?: string;
    feedback?: RatedReply;
  }): void;
}

/** A prompt that was answered. */
export interface ReplyFigures {
  /** The model that answered, and the one that was to: another where that one could not. */
  model: string;
  meant: string;
  /** What backends took for it, in milliseconds. */
  ms: number;
  /** Whether the word filter passed over any of what was generated. */
  flagged: boolean;
}

/** A reply that was rated, by the model that gave it, and how it was before; null where it was not. */
export interface RatedReply {
  model: string;
  rating: 'up' | 'down';
  before: 'up' | 'down' | null;
}

/** How a call went. */
export interface BackendFigures {
  /** The name of the server that was asked last; null where none was. */
  backend: string | null;
  /** Servers that were asked. */
  attempts: number;
  /** From the first attempt to the end of the last, in milliseconds. */
  totalMs: number;
  /** As the server that answered says it: in its queue, and in its run, in milliseconds. */
  queueMs: number | null;
  inferenceMs: number | null;
}

/** What came of a call, for the metrics. */
export interface CallOutcome {
  model: string;
  /** "answered", or the error's code. */
  outcome: string;
  /** The servers that were asked, one after the other. Left: the client went away meanwhile. */
  asked: { backend: string; outcome: 'answered' | 'left' | BackendFailure['reason']; ejected: boolean }[];
}

/** A server as the health route shows it: without its address. */
export interface BackendStatus {
  name: string;
  ready: boolean;
  /** Whether this isolate asks it: see `Candidate.standing`. */
  standing: 'ready' | 'paused' | 'ejected';
  weight: number;
  /** This isolate's requests that it works on. */
  in_flight: number;
  /** Requests in its queue, as it last said; null where it does not say or long ago did. */
  waiting: number | null;
}

/** All that this isolate knows of a server, since it began. Times are in milliseconds since 1970. */
export interface BackendInspection {
  name: string;
  url: string;
  weight: number;
  standing: BackendStatus['standing'];
  inFlight: number;
  waiting: number | null;
  /** Requests that it answered, and that it did not. */
  answered: number;
  failed: number;
  failuresInARow: number;
  ejectionsInARow: number;
  /** When it is probed. Null where it is not out. */
  ejectedUntilMs: number | null;
  lastAnswerMs: number | null;
  lastFailure: { atMs: number; reason: BackendFailure['reason'] } | null;
}
