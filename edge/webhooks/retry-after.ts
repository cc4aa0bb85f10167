/** The longest that a receiver's own wish is heard. */
const MAX_SECONDS = 86_400;

/**
 * `Retry-After`, in whole seconds from now, a day at most: a number of them, or a date. Null for none and for nonsense. The
 * standard knows no fractions; where there is one, it is rounded up.
 * Source: RFC 9110, 10.2.3
 */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text)), MAX_SECONDS);
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  const at = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return null;
  return Math.min(Math.max(0, Math.ceil((at - nowMs) / 1_000)), MAX_SECONDS);
}
