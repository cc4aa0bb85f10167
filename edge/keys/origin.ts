import { ApiError } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * Refuses a caller whose page or program a key is not for. It keeps browsers honest and nobody else: a
 * program can send any origin, so this is no authentication.
 * @throws {ApiError} secret_key_in_browser, origin_not_allowed
 */
export function checkOrigin(
  { kind, policy }: Caller,
  { origin, tokenOrigin, method }: { origin: string | undefined; tokenOrigin: string | null; method: string },
): void {
  if (kind === 'development') return;
  if (kind === 'secret') {
    if (origin !== undefined) throw new ApiError('secret_key_in_browser');
    return;
  }
  // Browsers leave it out where a page reads from its own server.
  const seen = origin ?? (method === 'GET' || method === 'HEAD' ? tokenOrigin : null);
  if (seen === null || !policy.origins.includes(seen)) throw new ApiError('origin_not_allowed');
  if (kind === 'session' && seen !== tokenOrigin) throw new ApiError('invalid_api_key');
}
