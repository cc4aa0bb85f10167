import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { BackendFigures } from '../backends/backend.ts';
import type { AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/** Takes one entry of the log. Entries never hold what people wrote or the ids of their sessions. */
export type Log = (entry: Record<string, unknown>) => void;

/** One entry for each request. The route is the pattern (`/v1/sessions/:id`), not the address. */
export function requestLog({ log, now }: { log: Log; now: () => number }) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const start = now();
    await next();
    log({
      event: 'request',
      request_id: c.get('requestId'),
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: now() - start,
      ...(c.get('caller')?.keyId && { key: c.get('caller').keyId }),
      ...(c.get('uncounted') && { uncounted: true }),
      ...backendEntry(c.get('backendFigures')),
      ...(c.error instanceof ApiError && { code: c.error.code }),
      ...(c.res.status >= 500 && { cause: describe(c.error) }),
    });
  });
}

function backendEntry(figures: BackendFigures | undefined): object {
  if (figures === undefined) return {};
  const { backend, attempts, totalMs, queueMs, inferenceMs } = figures;
  return {
    backend,
    attempts,
    backend_ms: totalMs,
    ...(queueMs !== null && { queue_ms: queueMs }),
    ...(inferenceMs !== null && { inference_ms: inferenceMs }),
  };
}

function describe(error: Error | undefined): string | undefined {
  if (error instanceof ApiError) return error.cause === undefined ? undefined : String(error.cause);
  return error?.stack;
}
