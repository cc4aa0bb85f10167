import type { Middleware } from '../context.ts';

/**
 * Tells with every answer, a refusal too, how many requests wait for the model, where the client asks for it, and where the
 * time of this one went. A client with several servers asks the less loaded.
 * Source: ORCA's `endpoint-load-metrics` in its text form, with vLLM's name for the number; W3C Server Timing.
 */
export function reportLoad(): Middleware {
  return async (c, next) => {
    await next();
    const { queueMs, inferenceMs } = c.get('figures');
    if (queueMs !== undefined && inferenceMs !== undefined) {
      c.header('server-timing', `queue;dur=${Math.round(queueMs)}, inference;dur=${Math.round(inferenceMs)}`);
    }
    if (c.req.header('endpoint-load-metrics-format')?.toUpperCase() !== 'TEXT') return;
    c.header('endpoint-load-metrics', `TEXT named_metrics.num_requests_waiting=${c.get('model').waiting}`);
  };
}
