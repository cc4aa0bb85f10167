import { createMiddleware } from 'hono/factory';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/**
 * The period of the limits in wrangler.toml. The binding does not say when there will be room again; after a
 * whole period there is.
 */
const PERIOD_SECONDS = 60;

/**
 * Bounds bursts: those of a secret key, or, for browsers and in development, of a client. Counts are kept where the
 * worker runs, so they are a guard and no quota.
 */
export function rateLimit({
  rateLimiter,
  keyRateLimiter,
}: Pick<AppDependencies, 'rateLimiter' | 'keyRateLimiter'>) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const { kind, keyId } = c.get('caller');
    if (kind === 'secret') await countRequest(keyRateLimiter, keyId!);
    else await countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip')));
    await next();
  });
}

/** @throws {ApiError} rate_limit_exceeded */
export async function countRequest(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) throw new ApiError('rate_limit_exceeded', { retryAfterSeconds: PERIOD_SECONDS });
}

/**
 * What counts as one client: an IPv4 address, or the first half of an IPv6 one, which is all one household's.
 */
export function clientKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(8 - left.length - right.length, 0);
  const groups = [...left, ...new Array<string>(zeros).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
