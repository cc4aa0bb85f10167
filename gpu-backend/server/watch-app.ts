import { Hono } from 'hono';
import type { Metrics } from '../metrics/metrics.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { App, Env, ServerOptions } from './context.ts';
import { errorResponse, renderError } from './errors.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';

/** What watches the server, on a port of its own that clients do not reach: metrics and health, without a token. */
export function createWatchServer(
  options: Pick<ServerOptions, 'repository' | 'isDraining' | 'log'> & { metrics: Metrics },
): App {
  const app: App = new Hono<Env>({ strict: false });
  app.onError((error, c) => renderError(error, c, options.log));
  app.notFound(() => errorResponse(new BackendError('not_found', 'There is no such route.')));
  app.route('/metrics', metricsRoutes(options.metrics));
  app.route('/v2/health', healthRoutes(options));
  return app;
}
