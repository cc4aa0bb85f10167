import { Hono } from 'hono';
import { version } from '../../package.json';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { EXPOSITION_TYPE, exposition } from '../figures/exposition.ts';
import { edgeMetrics, type Now } from '../figures/metrics.ts';
import { describeError } from '../observability/describe-error.ts';
import { CHANNELS } from '../webhooks/channels/registry.ts';

const RETRY_AFTER_SECONDS = 5;

/** For Prometheus: all that isolates have counted, some seconds ago at the worst, and how backends and the queue stand now. */
export function metricsRoutes(dependencies: AppDependencies) {
  const { figuresObject, backend, model } = dependencies;
  return new Hono<AppEnv>().get('/', async (c) => {
    const [total, backends, queue] = await Promise.all([
      figuresObject()
        .total()
        .catch((cause: unknown) => {
          throw new ApiError('figures_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
        }),
      backend.status(),
      queueStanding(dependencies),
    ]);
    const channels = [...CHANNELS.keys()];
    const text = exposition(edgeMetrics(total, { version, model: model.name, backends, queue, channels }));
    return c.body(text, 200, { 'content-type': EXPOSITION_TYPE });
  });
}

/** Its series are missing where the queue does not answer: the rest is worth having all the same. */
async function queueStanding({
  inboundQueue,
  now,
  log,
}: Pick<AppDependencies, 'inboundQueue' | 'now' | 'log'>): Promise<Now['queue']> {
  try {
    const { backlogCount, oldestMessageTimestamp } = await inboundQueue.metrics();
    // The epoch, or nothing, where the queue is empty.
    const oldestMs = backlogCount > 0 && oldestMessageTimestamp ? oldestMessageTimestamp.getTime() : 0;
    return { backlog: backlogCount, oldestSeconds: oldestMs > 0 ? Math.max(0, now() - oldestMs) / 1_000 : 0 };
  } catch (cause) {
    log({ event: 'queue_metrics_unavailable', cause: describeError(cause) });
    return null;
  }
}
