import { Hono } from 'hono';
import * as z from 'zod';
import { queryInteger } from '../query-integer.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { compareModels, KEPT_DAYS } from '../figures/model-comparison.ts';
import { parseInput } from '../request-body.ts';

const RETRY_AFTER_SECONDS = 5;
const querySchema = z.strictObject({ days: queryInteger().min(1).max(KEPT_DAYS).default(7) });

/** What models did and how they were rated, of all isolates, some seconds ago at the worst. */
export function adminModelRoutes({ model, candidate, figuresObject, now }: AppDependencies) {
  return new Hono<AppEnv>().get('/', async (c) => {
    const { days } = parseInput(querySchema, c.req.query());
    const byDay = await figuresObject()
      .readModels()
      .catch((cause: unknown) => {
        throw new ApiError('figures_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
      });
    const names = { served: model.name, candidate: candidate?.model.name ?? null };
    return c.json(compareModels(byDay, { days, nowMs: now(), ...names }));
  });
}
