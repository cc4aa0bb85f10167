import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';

/**
 * The period of the limit in wrangler.toml. The binding does not say when there will be room again; after a
 * whole period there is.
 */
const PERIOD_SECONDS = 60;

/**
 * Bounds the requests of one client. Counts are kept where the worker runs, so they are a guard and no quota.
 */
export function rateLimit(limiter: RateLimit) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const { success } = await limiter.limit({ key: clientKey(c.req.header('cf-connecting-ip')) });
    if (!success) throw new ApiError('rate_limit_exceeded', { retryAfterSeconds: PERIOD_SECONDS });
    await next();
  });
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
