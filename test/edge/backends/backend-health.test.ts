import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterProbe,
  type BackendHealth,
  duringProbe,
  EJECTING_FAILURES,
  HEALTHY,
  isProbeDue,
} from '../../../edge/backends/backend-health.ts';

const at = (nowMs: number, random = 0) => ({ nowMs, random });
const failing = (times: number, health: BackendHealth = HEALTHY, moment = at(0)): BackendHealth =>
  Array.from({ length: times }).reduce<BackendHealth>((state) => afterFailure(state, moment), health);

describe('the health of a backend', () => {
  it('is ejected by failures in a row, and not by fewer', () => {
    expect(failing(EJECTING_FAILURES - 1).state).toBe('healthy');
    expect(failing(EJECTING_FAILURES)).toEqual({ state: 'ejected', untilMs: 2_000, ejectionsInARow: 1 });
  });

  it('does not change by what fails after the ejection: it was sent before', () => {
    expect(failing(EJECTING_FAILURES + 50)).toEqual(failing(EJECTING_FAILURES));
  });

  it('is probed once the ejection is over, by one probe at a time, and again where that is lost', () => {
    const ejected = failing(EJECTING_FAILURES);
    expect([1_999, 2_000].map((nowMs) => isProbeDue(ejected, nowMs))).toEqual([false, true]);
    const probed = duringProbe(ejected, 2_000);
    expect([2_000, 6_999, 7_000].map((nowMs) => isProbeDue(probed, nowMs))).toEqual([false, false, true]);
    expect(isProbeDue(HEALTHY, 1e12)).toBe(false);
  });

  it('is on trial after a good probe: one failure ejects, for longer', () => {
    const trial = afterProbe(failing(EJECTING_FAILURES), { isReady: true, ...at(2_000) });
    expect(trial.state).toBe('healthy');
    expect(afterFailure(trial, at(2_000))).toEqual({ state: 'ejected', untilMs: 6_000, ejectionsInARow: 2 });
  });

  it.each([
    [1, 4_000],
    [2, 8_000],
    [5, 60_000],
    [500, 60_000],
  ])('is ejected for longer after %i bad probes: %i ms', (times, lengthMs) => {
    const start = failing(EJECTING_FAILURES);
    const health = Array.from({ length: times }).reduce<BackendHealth>(
      (state) => afterProbe(state, { isReady: false, ...at(0) }),
      start,
    );
    expect(health).toMatchObject({ state: 'ejected', untilMs: lengthMs });
  });

  it('does not come back at one moment in all isolates', () => {
    expect(failing(EJECTING_FAILURES, HEALTHY, at(0, 0.5))).toMatchObject({ untilMs: 2_200 });
  });

  it('is always one that comes back: an ejection ends within a bounded time', () => {
    const event = fc.constantFrom('failure', 'probe', 'good probe', 'bad probe', 'answer');
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(10_000), fc.double({ min: 0, max: 0.999 }))), (events) => {
        let health = HEALTHY;
        let nowMs = 0;
        for (const [what, passed, random] of events) {
          nowMs += passed;
          if (what === 'failure') health = afterFailure(health, { nowMs, random });
          if (what === 'probe' && isProbeDue(health, nowMs)) health = duringProbe(health, nowMs);
          if (what === 'good probe') health = afterProbe(health, { isReady: true, nowMs, random });
          if (what === 'bad probe') health = afterProbe(health, { isReady: false, nowMs, random });
          if (what === 'answer') health = HEALTHY;
          if (health.state === 'ejected') expect(health.untilMs - nowMs).toBeLessThanOrEqual(72_000);
          else expect(health.failuresInARow).toBeLessThan(EJECTING_FAILURES);
        }
      }),
    );
  });
});
