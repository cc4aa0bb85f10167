import { Hono } from 'hono';
import { version } from '../../package.json';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { EXPOSITION_TYPE, exposition } from '../figures/exposition.ts';
import { edgeMetrics, type Now } from '../figures/metrics.ts';
import { allModels } from '../models/speakers.ts';
import { describeError } from '../observability/describe-error.ts';
import { CHANNELS } from '../webhooks/channels/registry.ts';

const RETRY_AFTER_SECONDS = 5;

/** For Prometheus: all that isolates have counted, some seconds ago at the worst, and how backends and the queue stand now. */
export function metricsRoutes(dependencies: AppDependencies) {
  const { figuresObject, model, candidate } = dependencies;
  return new Hono<AppEnv>().get('/', async (c) => {
    const [total, backends, queue] = await Promise.all([
      figuresObject()
        .total()
        .catch((cause: unknown) => {
          throw new ApiError('figures_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
        }),
      backendStandings(dependencies),
      queueStanding(dependencies),
    ]);
    const channels = [...CHANNELS.keys()];
    const beside = candidate && { model: candidate.model.name, share: candidate.share };
    const now = { version, model: model.name, candidate: beside, backends, queue, channels };
    const text = exposition(edgeMetrics(total, now));
    return c.body(text, 200, { 'content-type': EXPOSITION_TYPE });
  });
}

/** For each model those that it may be asked of: a backend may have one model and not the other. */
async function backendStandings(dependencies: AppDependencies): Promise<Now['backends']> {
  const standings = allModels(dependencies).map(async ({ model, backend }) =>
    (await backend.status()).map((status) => ({ model: model.name, ...status })),
  );
  return (await Promise.all(standings)).flat();
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
