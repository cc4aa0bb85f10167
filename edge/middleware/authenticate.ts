import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../dependencies.ts';
import { DEVELOPMENT_CALLER } from '../keys/caller.ts';

/** Finds the caller. There are no keys yet: everyone is the developer. */
export function authenticate() {
  return createMiddleware<AppEnv>(async (c, next) => {
    c.set('caller', DEVELOPMENT_CALLER);
    await next();
  });
}
