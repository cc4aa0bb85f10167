import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
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
