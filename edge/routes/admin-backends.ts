import { Hono } from 'hono';
import type { BackendInspection } from '../backends/backend.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { allModels } from '../models/speakers.ts';

/**
 * Backends as the isolate that answers knows them: see ARCHITECTURE.md on what the pool learns. Another isolate may know
 * better or worse.
 */
export function adminBackendRoutes(dependencies: AppDependencies) {
  const { model, now } = dependencies;
  const pools = allModels(dependencies);
  return new Hono<AppEnv>()
    .get('/', (c) => {
      const data = pools.flatMap((pool) =>
        pool.backend.inspect().map((one) => publicBackend(one, pool.model.name)),
      );
      return c.json({ object: 'list', model: model.name, data });
    })
    .post('/:name/probe', async (c) => {
      const startMs = now();
      const asked = c.req.query('model') ?? model.name;
      const pool = pools.find((one) => one.model.name === asked);
      const ready = pool === undefined ? null : await pool.backend.probe(c.req.param('name'));
      if (ready === null) throw new ApiError('backend_not_found');
      const ms = now() - startMs;
      return c.json({ object: 'backend.probe', name: c.req.param('name'), model: asked, ready, ms });
    });
}

export function publicBackend(backend: BackendInspection, model: string) {
  const seconds = (ms: number) => Math.floor(ms / 1_000);
  const { ejectedUntilMs, lastAnswerMs, lastFailure } = backend;
  return {
    object: 'backend',
    name: backend.name,
    model,
    url: backend.url,
    weight: backend.weight,
    standing: backend.standing,
    in_flight: backend.inFlight,
    waiting: backend.waiting,
    answered: backend.answered,
    failed: backend.failed,
    failures_in_a_row: backend.failuresInARow,
    ejections_in_a_row: backend.ejectionsInARow,
    ejected_until: ejectedUntilMs === null ? null : seconds(ejectedUntilMs),
    last_answer_at: lastAnswerMs === null ? null : seconds(lastAnswerMs),
    last_failure: lastFailure && { at: seconds(lastFailure.atMs), reason: lastFailure.reason },
  };
}
