import * as z from 'zod';
import type { Secrets } from './channel.ts';

/**
 * As settings hold secrets: those of one kind that are valid now, the newest first.
 * @param message what is wrong with one of another form
 */
export function secretsLike(form: RegExp, message: string) {
  return z
    .array(z.string().max(4_096).regex(form, message))
    .min(1)
    .max(5)
    .transform((list) => list as unknown as Secrets);
}

/** Of a secret that stands for bytes, in the one form of base64 that they have: `base64Bytes` takes no other. */
export const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?';

/** Secrets of which only the channel knows the form. They are sent in headers, which hold no other characters. */
export const secrets = secretsLike(/^[!-~]+$/, 'must be of visible ASCII characters, without a space');
