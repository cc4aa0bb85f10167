import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import type { LiveFigures } from '../figures/live-figures.ts';
import { type CountedRequest, dataPoint } from '../observability/data-point.ts';
import { describeError } from '../observability/describe-error.ts';
import { figuresEntry } from '../observability/log-entry.ts';
import { RequestFigures } from '../observability/request-figures.ts';
import { traceId } from '../observability/traceparent.ts';

/** Takes one entry of the log. Entries never hold what people wrote or the ids of their sessions. */
export type Log = (entry: Record<string, unknown>) => void;

interface LogOptions {
  log: Log;
  now: () => number;
  /** Of the deployed worker that answers. */
  versionId: string;
  /** Workers Analytics Engine; null where there is no such binding. */
  metrics: AnalyticsEngineDataset | null;
  /** For the console; null where there is none. */
  liveFigures: LiveFigures | null;
  /** Keeps the worker until a promise has settled, past the answer. */
  waitUntil: (promise: Promise<unknown>) => void;
}

/**
 * One entry and one data point for each request, a stream's once its reply is there. The route is the pattern
 * (`/v1/sessions/:id`), not the address.
 */
export function requestLog({ waitUntil, ...options }: LogOptions) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const start = options.now();
    c.set('figures', new RequestFigures());
    await next();
    const { status } = c.res;
    const write = () => writeEntry(c, { status, start }, options);
    const underWay = c.get('underWay');
    if (underWay === undefined) write();
    else waitUntil(underWay.then(write, write));
  });
}

function writeEntry(
  c: Context<AppEnv>,
  { status, start }: { status: number; start: number },
  { log, now, versionId, metrics, liveFigures }: Omit<LogOptions, 'waitUntil'>,
): void {
  const figures = c.get('figures');
  const [method, route, ms] = [c.req.method, routePath(c, -1), now() - start];
  const code = c.error instanceof ApiError ? c.error.code : null;
  // Nobody is known where a request was refused before.
  const keyId = c.get('caller')?.keyId ?? null;
  const trace = traceId(c.req.header('traceparent'));
  log({
    event: 'request',
    request_id: c.get('requestId'),
    ...(trace !== null && { trace_id: trace }),
    method,
    route,
    status,
    ms,
    ...(keyId !== null && { key: keyId }),
    ...(c.get('uncounted') && { uncounted: true }),
    ...figuresEntry(figures),
    ...(code !== null && { code }),
    ...(status >= 500 && { cause: describe(c.error) }),
  });
  // Returns at once: the runtime sends points when it likes.
  const counted: CountedRequest = { route, method, status, code, keyId, ms };
  metrics?.writeDataPoint(dataPoint({ ...counted, versionId }, figures));
  liveFigures?.count(counted, figures);
  if (c.get('uncounted')) liveFigures?.add('uncounted_requests', {});
}

function describe(error: Error | undefined): string | undefined {
  if (error instanceof ApiError) return error.cause === undefined ? undefined : describeError(error.cause);
  return error && describeError(error);
}
