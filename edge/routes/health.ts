import { Hono } from 'hono';
import { version } from '../../package.json';
import type { AppDependencies, AppEnv } from '../dependencies.ts';

/**
 * Whether a message sent now would be answered: 200 and "ok", or 503 and "degraded" where no backend is ready. Never
 * limited: those who watch ask often, and an isolate asks its backends once a second at most.
 */
export function healthRoutes({ model, backend }: AppDependencies) {
  return new Hono<AppEnv>().get('/', async (c) => {
    const backends = await backend.status();
    const ready = backends.some((one) => one.ready);
    c.header('cache-control', 'no-store');
    const body = { status: ready ? 'ok' : 'degraded', version, model: model.name, backends };
    return c.json(body, ready ? 200 : 503);
  });
}
