import { createMiddleware } from 'hono/factory';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { equalInConstantTime } from '../keys/key-record.ts';
import { digestOf } from '../keys/key-text.ts';
import { bearerToken } from './authenticate.ts';
import { clientKey, countRequest } from './rate-limit.ts';

/** Lets in who has the admin token. Attempts are counted, right ones too. */
export function requireAdmin(adminToken: string, { rateLimiter }: Pick<AppDependencies, 'rateLimiter'>) {
  return createMiddleware<AppEnv>(async (c, next) => {
    await countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip')));
    const sent = bearerToken(c.req.header('authorization')) ?? '';
    // Digests are of one length, so that the token's own stays unknown.
    const [expected, actual] = await Promise.all([digestOf(adminToken), digestOf(sent)]);
    if (!equalInConstantTime(expected, actual)) throw new ApiError('invalid_admin_token');
    await next();
    c.header('cache-control', 'no-store');
  });
}
