import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRetryAfter,
  STANDARD_DELAYS_SECONDS as delaysSeconds,
  waitAfterFailure,
} from '../../../../edge/webhooks/outbound/schedule.ts';

const wait = (attempts: number, { retryAfterSeconds = null as number | null, random = 0 } = {}) =>
  waitAfterFailure({ attempts, retryAfterSeconds, delaysSeconds, random });

describe('the schedule of attempts', () => {
  it('is the one that the Standard Webhooks suggest', () => {
    const seconds = delaysSeconds.map((_, attempts) => wait(attempts)! / 1_000);
    expect(seconds).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    const hours = seconds.reduce((sum, each) => sum + each, 0) / 3_600;
    expect(hours).toBeCloseTo(75.58, 1);
  });

  it('ends with the tenth attempt, whatever the receiver asks for', () => {
    expect(wait(10)).toBeNull();
    expect(wait(10, { retryAfterSeconds: 5 })).toBeNull();
  });

  it('waits as long as the receiver asks for where that is longer', () => {
    expect(wait(1, { retryAfterSeconds: 60 })).toBe(60_000);
    expect(wait(3, { retryAfterSeconds: 60 })).toBe(1_800_000);
  });

  it('is never earlier than it says, and at most a fifth later', () => {
    const attempts = fc.integer({ min: 0, max: 9 });
    const asked = fc.option(fc.nat(90_000));
    fc.assert(
      fc.property(
        attempts,
        asked,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (made, retryAfterSeconds, random) => {
          const soonest = wait(made, { retryAfterSeconds })!;
          const actual = wait(made, { retryAfterSeconds, random })!;
          expect(actual).toBeGreaterThanOrEqual(soonest);
          expect(actual).toBeLessThanOrEqual(Math.ceil(soonest * 1.2));
        },
      ),
    );
  });
});

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
    ['1.5', null],
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
