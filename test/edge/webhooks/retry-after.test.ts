import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../../edge/webhooks/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  it.each<[string | null, number | null]>([
    ['120', 120],
    [' 0 ', 0],
    ['Mon, 23 Nov 2026 12:01:00 GMT', 60],
    ['9999999999', 86_400],
    ['9'.repeat(400), 86_400],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    [null, null],
    ['', null],
    ['soon', null],
    ['-5', null],
    ['1.5', 2],
    ['1.', null],
    ['1e3', null],
    ['2026-11-23', null],
  ])('%j is %j seconds', (header, seconds) => {
    expect(readRetryAfter(header, now)).toBe(seconds);
  });

  it('of any text is a number of seconds or none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const seconds = readRetryAfter(text, now);
        expect(seconds === null || (Number.isInteger(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});
