import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { equalInConstantTime } from '../keys/key-record.ts';
import { digestOf } from '../keys/key-text.ts';
import { bearerToken } from './authenticate.ts';
import { clientKey, countRequest } from './rate-limit.ts';

/** No key's id has this form. */
const ADMIN = 'admin';

/** Lets in who has one of the tokens, as often as a secret key may ask; others' attempts count against their address. */
export function requireAdmin(
  tokens: readonly string[],
  { rateLimiter, keyRateLimiter }: Pick<AppDependencies, 'rateLimiter' | 'keyRateLimiter'>,
) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const sent = bearerToken(c.req.header('authorization')) ?? '';
    await checkAdminToken(c, { sent, tokens, rateLimiter });
    await countRequest(keyRateLimiter, ADMIN);
    await next();
    c.header('cache-control', 'no-store');
  });
}

/** @throws {ApiError} invalid_admin_token, rate_limit_exceeded for one attempt too many of this client */
export async function checkAdminToken(
  c: Context,
  { sent, tokens, rateLimiter }: { sent: string; tokens: readonly string[]; rateLimiter: RateLimit },
): Promise<void> {
  // Digests are of one length, so that the token's own stays unknown.
  const [actual, ...expected] = await Promise.all([sent, ...tokens].map(digestOf));
  if (expected.some((digest) => equalInConstantTime(digest, actual!))) return;
  await countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip')));
  throw new ApiError('invalid_admin_token');
}
