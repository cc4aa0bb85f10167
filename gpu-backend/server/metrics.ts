import { Hono } from 'hono';
import type { Metrics } from '../metrics/metrics.ts';
import type { Env } from './context.ts';

/** `/metrics`, as Prometheus reads it. */
export function metricsRoutes(metrics: Pick<Metrics, 'read' | 'contentType'>): Hono<Env> {
  return new Hono<Env>().get('/', async (c) =>
    c.body(await metrics.read(), 200, { 'Content-Type': metrics.contentType }),
  );
}
