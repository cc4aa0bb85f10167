import { randomUUID } from 'node:crypto';
import { readTraceParent } from '../../protocol/trace-context.ts';
import type { Middleware, ServerOptions } from '../context.ts';
import type { InferenceFigures } from '../inference-record.ts';

/** Tells of each inference request, whatever became of it. */
export function recordInference({
  clock,
  onInference,
}: Pick<ServerOptions, 'clock' | 'onInference'>): Middleware {
  return async (c, next) => {
    const startedAtMs = clock.nowMs();
    const figures: InferenceFigures = { requestId: loggable(c.req.header('x-request-id')) };
    c.set('figures', figures);
    await next();
    onInference({
      ...figures,
      requestId: figures.requestId ?? randomUUID(),
      model: c.get('model')?.name,
      status: c.res.status,
      parent: readTraceParent(c.req.header('traceparent')),
      startedAtMs,
      endedAtMs: clock.nowMs(),
    });
  };
}

/** An id of a client's as the log keeps it. */
export function loggable(id: string | undefined): string | undefined {
  return id?.slice(0, 128) || undefined;
}
