import { ApiError } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * Refuses a caller whose page or program a key is not for. It keeps browsers honest and nobody else: a
 * program can send any origin, so this is no authentication.
 * @throws {ApiError} secret_key_in_browser, origin_not_allowed
 */
export function checkOrigin(
  { kind, keyId, policy }: Caller,
  { origin, tokenOrigin, method }: { origin: string | undefined; tokenOrigin: string | null; method: string },
): void {
  if (kind === 'development') return;
  if (kind === 'secret') {
    if (origin !== undefined) throw new ApiError('secret_key_in_browser');
    return;
  }
  // Browsers leave it out where a page reads from its own server.
  const seen = origin ?? (method === 'GET' || method === 'HEAD' ? tokenOrigin : null);
  if (seen === null || !policy.origins.includes(seen))
    throw new ApiError('origin_not_allowed', { message: refusal(seen, keyId) });
  if (kind === 'session' && seen !== tokenOrigin) throw new ApiError('invalid_api_key');
}

const NO_PAGE =
  'A publishable key and its session tokens are for web pages: browsers tell their origin, and this request has none. Servers use a secret key.';
const NO_ORIGIN =
  'A page that was opened as a file, or in a sandboxed frame, has no origin, and no key is for it. Let a server serve it.';

/** What is said to a page that a key is not for: which it is, and how its owner lets it in. The key's origins are not told. */
function refusal(origin: string | null, keyId: string | null): string {
  if (origin === null) return NO_PAGE;
  if (origin === 'null') return NO_ORIGIN;
  const command = `tandem keys update ${keyId} --origin ${origin}`;
  return `This key is not for pages of ${origin}. Its owner can let them in with "${command}", which names all of its origins anew.`;
}
