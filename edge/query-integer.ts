import * as z from 'zod';

const MESSAGE = 'must be a whole number';

/** A whole number of a query string, whose values are all texts. Its range is the caller's to say. */
export function queryInteger() {
  // Else "abc" would be said to be NaN, which nobody sent; a sentence alone would stand for those of the range too.
  return z.coerce
    .number({ error: ({ code }) => (code === 'invalid_type' ? MESSAGE : undefined) })
    .int(MESSAGE);
}
