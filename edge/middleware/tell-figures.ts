import { createMiddleware } from 'hono/factory';
import { setMetric } from 'hono/timing';
import type { AppEnv } from '../dependencies.ts';
import { flagNames } from '../safety/safety-flags.ts';

/**
 * Tells the client where the time of its request went, for hono's `timing` to write into `server-timing`, and what the word
 * filter flagged. A stream has the headers of what was known when it began.
 */
export function tellFigures() {
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const { backend, stages, safety } = c.get('figures');
    for (const [stage, ms] of stages) setMetric(c, stage, ms);
    if (backend !== null) {
      setMetric(c, 'backend', backend.totalMs);
      if (backend.queueMs !== null) setMetric(c, 'queue', backend.queueMs);
      if (backend.inferenceMs !== null) setMetric(c, 'inference', backend.inferenceMs);
    }
    const flagged = flagNames(safety);
    if (flagged !== null) c.header('x-tandem-safety', flagged);
  });
}
