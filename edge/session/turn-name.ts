import { base64Url } from '../base64url.ts';
import { ApiError } from '../errors.ts';

// What may stand in a header and is worth remembering.
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * How a session's object knows a turn that has an idempotency key: by the key's hash, of which people's own text is no
 * part, and by the hash of all that was asked for with it.
 * @param key the header Idempotency-Key, as it came
 * @param request parsed, and so with its members in one order; null is as good as absent
 * @throws {ApiError} invalid_value
 */
export async function nameTurn(key: string, request: object): Promise<{ name: string; fingerprint: string }> {
  if (!KEY.test(key)) {
    const message =
      'Idempotency-Key must be 1 to 255 visible ASCII characters without spaces: a UUID does well.';
    throw new ApiError('invalid_value', { param: 'Idempotency-Key', message });
  }
  const asked = JSON.stringify(request, (_, value: unknown) => value ?? undefined);
  const [name, fingerprint] = await Promise.all([hash(key), hash(asked)]);
  return { name, fingerprint };
}

/** SHA-256, base64url. */
async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64Url(new Uint8Array(digest));
}
