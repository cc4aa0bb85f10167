import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { publicFigures } from '../figures/public-figures.ts';

const RETRY_AFTER_SECONDS = 5;

/** What all isolates have counted within the last hour, some seconds ago at the worst. */
export function adminFiguresRoutes({ figuresObject, now }: AppDependencies) {
  return new Hono<AppEnv>().get('/', async (c) => {
    const byMinute = await figuresObject()
      .read()
      .catch((cause: unknown) => {
        throw new ApiError('figures_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
      });
    return c.json(publicFigures(byMinute, now()));
  });
}
