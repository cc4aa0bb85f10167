import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { isLocalRequest, isLoopbackOrigin } from '../keys/loopback.ts';

const ELSEWHERE =
  'An edge in development mode serves pages of this machine alone. Open the page at http://localhost, or use an edge with keys.';
const NO_ORIGIN =
  'A page that was opened as a file, or in a sandboxed frame, has no origin and is not served. Let a server on this machine serve it, and open it at http://localhost.';

/**
 * Development mode serves this machine alone and refuses everything else, so that a worker that was deployed with
 * it by accident serves nobody. Pages from elsewhere, opened on this machine, are refused too: they could not read
 * an answer, but they could keep the model busy. One without an origin may be a sandboxed frame of any page, so a file is refused
 * with it. What channels call through a tunnel is verified by itself.
 */
export function developmentMode({ settings }: { settings: { developmentMode: boolean } }) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (settings.developmentMode && !c.req.path.startsWith('/webhooks/')) {
      if (!isLocalRequest(c.req.raw)) throw new ApiError('development_mode');
      const origin = c.req.header('origin');
      if (origin !== undefined && !isLoopbackOrigin(origin))
        throw new ApiError('origin_not_allowed', { message: origin === 'null' ? NO_ORIGIN : ELSEWHERE });
    }
    await next();
  });
}
