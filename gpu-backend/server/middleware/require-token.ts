import { BackendError } from '../../protocol/backend-error.ts';
import { carriesToken } from '../../protocol/bearer-token.ts';
import type { Middleware } from '../context.ts';

/** Health stays open: what probes a container has no token. */
export function requireToken(tokens: string[]): Middleware {
  return async (c, next) => {
    const isHealth = c.req.path.startsWith('/v2/health/');
    if (!isHealth && !carriesToken(c.req.header('authorization'), tokens)) {
      throw new BackendError('unauthorized', 'The bearer token is missing or wrong.');
    }
    await next();
  };
}
