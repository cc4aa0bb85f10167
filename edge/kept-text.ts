import * as z from 'zod';

/**
 * A text that is kept and shown again. Half a surrogate pair in it, as a text has that was cut within an emoji, becomes U+FFFD: many
 * readers of JSON refuse an answer that holds one.
 */
export function keptText(maxChars: number) {
  return z
    .string()
    .max(maxChars)
    .overwrite((text) => text.toWellFormed());
}
