import type { Backend, BackendFigures } from './backends/backend.ts';
import type { ServedModel } from './conversation/reply.ts';
import type { Settings } from './env.ts';
import type { Caller } from './keys/caller.ts';
import type { Log } from './middleware/request-log.ts';
import type { SessionStore } from './session/session.ts';

/** Everything that reaches beyond the worker, so that a test can say what is there. */
export interface AppDependencies {
  settings: Settings;
  model: ServedModel;
  backend: Backend;
  sessions: SessionStore;
  rateLimiter: RateLimit;
  log: Log;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** hono's types for what the middleware adds to a request. */
export interface AppEnv {
  Variables: { requestId: string; caller: Caller; backendFigures: BackendFigures };
}

/** The clock as the public API and the sessions have it: whole seconds since 1970. */
export function nowSeconds({ now }: Pick<AppDependencies, 'now'>): number {
  return Math.floor(now() / 1_000);
}
