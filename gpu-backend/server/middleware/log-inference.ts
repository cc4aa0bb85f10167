import { randomUUID } from 'node:crypto';
import { readTraceId } from '../../protocol/trace-context.ts';
import type { InferenceFigures, Middleware, ServerOptions } from '../context.ts';

/** One line for each inference request, whatever became of it. */
export function logInference(log: ServerOptions['log']): Middleware {
  return async (c, next) => {
    const figures: InferenceFigures = { request_id: loggable(c.req.header('x-request-id')) };
    c.set('figures', figures);
    await next();
    figures.request_id ??= randomUUID();
    const traceId = readTraceId(c.req.header('traceparent'));
    log({
      event: 'inference',
      status: c.res.status,
      ...figures,
      ...(traceId !== undefined && { trace_id: traceId }),
    });
  };
}

/** An id of a client's as the log keeps it. */
export function loggable(id: string | undefined): string | undefined {
  return id?.slice(0, 128) || undefined;
}
