import { createMiddleware } from 'hono/factory';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { equalInConstantTime } from '../keys/key-record.ts';
import { digestOf } from '../keys/key-text.ts';
import { bearerToken } from './authenticate.ts';
import { clientKey, countRequest } from './rate-limit.ts';

/** No key's id has this form. */
const ADMIN = 'admin';

/** Lets in who has the admin token, as often as a secret key may ask; others' attempts count against their address. */
export function requireAdmin(
  adminToken: string,
  { rateLimiter, keyRateLimiter }: Pick<AppDependencies, 'rateLimiter' | 'keyRateLimiter'>,
) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const sent = bearerToken(c.req.header('authorization')) ?? '';
    // Digests are of one length, so that the token's own stays unknown.
    const [expected, actual] = await Promise.all([digestOf(adminToken), digestOf(sent)]);
    if (!equalInConstantTime(expected, actual)) {
      await countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip')));
      throw new ApiError('invalid_admin_token');
    }
    await countRequest(keyRateLimiter, ADMIN);
    await next();
    c.header('cache-control', 'no-store');
  });
}
