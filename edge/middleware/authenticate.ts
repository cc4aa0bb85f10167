import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { DEVELOPMENT_CALLER } from '../keys/caller.ts';

/** Finds the caller. In development mode everyone who gets here is the developer. */
export function authenticate({ settings }: { settings: { developmentMode: boolean } }) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (!settings.developmentMode) throw new ApiError('missing_api_key');
    c.set('caller', DEVELOPMENT_CALLER);
    await next();
  });
}
