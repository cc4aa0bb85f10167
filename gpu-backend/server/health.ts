import { Hono } from 'hono';
import { type Env, refuseWhileDraining, type ServerOptions } from './context.ts';

/** `/v2/health`: whether the process lives, and whether all its models can answer. */
export function healthRoutes({
  repository,
  isDraining,
}: Pick<ServerOptions, 'repository' | 'isDraining'>): Hono<Env> {
  return new Hono<Env>()
    .get('/live', (c) => c.json({ live: true }))
    .get('/ready', (c) => {
      refuseWhileDraining(isDraining);
      repository.requireReady();
      return c.json({ ready: true });
    });
}
