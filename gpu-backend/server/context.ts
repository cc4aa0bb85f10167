import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { Log } from '../log.ts';
import type { ModelRepository } from '../models/model-repository.ts';
import type { ServedModel } from '../models/served-model.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { GenerationLimits } from '../protocol/generation-request.ts';
import type { Clock } from '../scheduler/clock.ts';

export interface ServerOptions {
  repository: ModelRepository;
  limits: GenerationLimits & { maxBodyBytes: number };
  /** Requests must carry one of them; without any everyone is let in. */
  tokens: string[];
  /** Whether the process is about to end: it answers what it has and takes nothing more. */
  isDraining(): boolean;
  clock: Clock;
  /** Takes one line for each inference request, and one for each fault that the client is told nothing of. */
  log: Log;
}

/** What the log tells of an inference request besides its status. Never token ids. */
export interface InferenceFigures {
  /** The client's, from its header or else its body. */
  request_id?: string | undefined;
  rows?: number;
  queue_ms?: number;
  inference_ms?: number;
}

export type Env = { Variables: { figures: InferenceFigures; model: ServedModel } };
export type App = Hono<Env>;
export type AppContext = Context<Env>;
export type Middleware = MiddlewareHandler<Env>;

/** @throws {BackendError} not_ready */
export function refuseWhileDraining(isDraining: ServerOptions['isDraining']): void {
  if (isDraining()) {
    throw new BackendError('not_ready', 'The server is shutting down.', { retryAfterSeconds: 2 });
  }
}
