import { Hono } from 'hono';
import { version } from '../../package.json';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import type { Candidate } from '../models/candidate.ts';

/**
 * Whether a message sent now would be answered: 200 and "ok", or 503 and "degraded" where no backend is ready. Never
 * limited: those who watch ask often, and an isolate asks its backends once a second at most.
 */
export function healthRoutes({ model, backend, candidate, versionId }: AppDependencies) {
  return new Hono<AppEnv>().get('/', async (c) => {
    const [backends, beside] = await Promise.all([backend.status(), candidate && candidateHealth(candidate)]);
    const ready = backends.some((one) => one.ready);
    c.header('cache-control', 'no-store');
    const body = {
      status: ready ? 'ok' : 'degraded',
      ...{ version, version_id: versionId, model: model.name, backends },
      // Nobody waits for it: without it sessions are the first model's.
      ...(beside && { candidate: beside }),
    };
    return c.json(body, ready ? 200 : 503);
  });
}

async function candidateHealth(candidate: Candidate) {
  const [standing, backends] = await Promise.all([publicCandidate(candidate), candidate.backend.status()]);
  return { ...standing, backends };
}

/** How the second model stands, and why where it gets no new sessions. */
export async function publicCandidate({ model, share, standing }: Candidate) {
  const { state, reason } = await standing();
  return { model: model.name, share, state, reason };
}
