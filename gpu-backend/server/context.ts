import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ModelRepository } from '../models/model-repository.ts';
import type { ServedModel } from '../models/served-model.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { GenerationLimits } from '../protocol/generation-request.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { InferenceFigures, InferenceObserver } from './inference-record.ts';

export interface ServerOptions {
  repository: ModelRepository;
  limits: GenerationLimits & { maxBodyBytes: number };
  /** Requests must carry one of them; without any everyone is let in. */
  tokens: string[];
  /** Whether the process is about to end: it answers what it has and takes nothing more. */
  isDraining(): boolean;
  clock: Clock;
  onInference: InferenceObserver;
  /** Read behind the token; undefined where they have a port of their own. */
  metrics: Pick<Metrics, 'read' | 'contentType'> | undefined;
  /** Takes a line for each fault that the client is told nothing of. */
  log: Log;
}

/** `figures` are there on the way of an inference request, `model` once the path's is found. */
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
