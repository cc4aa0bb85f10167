import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../gpu-backend/scheduler/service-time.ts';

/** A run of replies that end where they like. */
const shape = (rows: number, width = 1, lengths: { minLength?: number; maxLength?: number } = {}) => ({
  rows,
  width,
  inputLength: 10,
  minLength: 0,
  maxLength: 1000,
  ...lengths,
});

const learned = (runs: { rows: number; steps?: number; msPerStep: number }[]) => {
  const serviceTime = new ServiceTime();
  for (const { rows, steps = 10, msPerStep } of runs)
    serviceTime.record({ shape: shape(rows), steps, ms: steps * msPerStep });
  return serviceTime;
};

describe('ServiceTime', () => {
  it('only compares until a run has been measured', () => {
    const serviceTime = new ServiceTime();
    expect(serviceTime.isMeasured).toBe(false);
    expect(serviceTime.predictMs(shape(24))).toBeCloseTo(3 * serviceTime.predictMs(shape(0)));
  });

  it('says of a shape that was measured what was measured', () => {
    expect(learned([{ rows: 4, msPerStep: 100 }]).predictMs(shape(4))).toBeCloseTo(1000);
  });

  it('learns what a step and what a sequence costs', () => {
    const runs = Array.from({ length: 40 }, (_, run) => {
      const rows = 1 + (run % 8);
      return { rows, msPerStep: 50 + 7 * rows };
    });
    const serviceTime = learned(runs);
    for (const rows of [1, 4, 8]) {
      const ratio = serviceTime.predictMs(shape(rows)) / (500 + 70 * rows);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    }
  });

  it('follows a change of load within a few runs', () => {
    const quick = Array.from({ length: 20 }, () => ({ rows: 2, msPerStep: 10 }));
    const slow = Array.from({ length: 20 }, () => ({ rows: 2, msPerStep: 50 }));
    expect(learned([...quick, ...slow]).predictMs(shape(2))).toBeCloseTo(500, -1);
  });

  it('takes replies to have the usual length, within what a request allows', () => {
    const serviceTime = learned([{ rows: 1, steps: 20, msPerStep: 10 }]);
    expect(serviceTime.predictMs(shape(1))).toBeCloseTo(200);
    expect(serviceTime.predictMs(shape(1, 1, { maxLength: 6 }))).toBeCloseTo(50);
    expect(serviceTime.predictMs(shape(1, 1, { minLength: 41 }))).toBeCloseTo(400);
  });

  it('learns nothing about usual lengths from replies that were cut or made long', () => {
    const serviceTime = learned([{ rows: 1, steps: 20, msPerStep: 10 }]);
    for (let run = 0; run < 20; run++) {
      serviceTime.record({ shape: shape(1, 1, { maxLength: 6 }), steps: 5, ms: 50 });
      serviceTime.record({ shape: shape(1, 1, { minLength: 80 }), steps: 80, ms: 800 });
    }
    expect(serviceTime.predictMs(shape(1))).toBeCloseTo(200);
  });

  it('knows how far its predictions are off', () => {
    const steady = Array.from({ length: 100 }, () => ({ rows: 2, msPerStep: 10 }));
    expect(learned(steady).uncertainty).toBeCloseTo(0);
    const uneven = Array.from({ length: 100 }, (_, run) => ({ rows: 2, msPerStep: run % 2 === 0 ? 8 : 12 }));
    expect(learned(uneven).uncertainty).toBeGreaterThan(0.15);
    expect(learned(uneven).uncertainty).toBeLessThan(0.3);
  });

  it('does not take one run that stalled for a sign that any may', () => {
    const steady = Array.from({ length: 100 }, () => ({ rows: 2, msPerStep: 10 }));
    const stalled = learned([...steady, { rows: 2, msPerStep: 10_000 }]);
    expect(stalled.uncertainty).toBeGreaterThan(0.1);
    expect(stalled.uncertainty).toBeLessThan(0.3);
    expect(stalled.predictMs(shape(2))).toBeLessThan(2 * learned(steady).predictMs(shape(2)));
  });

  it('learns from a run after one that was no time at all', () => {
    expect(
      learned([
        { rows: 2, msPerStep: 0 },
        { rows: 2, msPerStep: 100 },
      ]).predictMs(shape(2)),
    ).toBeGreaterThan(0);
  });

  it('learns within a dozen runs that a device has become ten times slower', () => {
    const runs = (msPerStep: number, count: number) =>
      Array.from({ length: count }, () => ({ rows: 2, msPerStep }));
    const slower = learned([...runs(10, 100), ...runs(100, 12)]);
    expect(slower.predictMs(shape(2)) / learned(runs(100, 1)).predictMs(shape(2))).toBeGreaterThan(0.8);
  });

  it('never says that more rows take less time, or any no time, whatever was measured', () => {
    const run = fc.record({
      rows: fc.integer({ min: 1, max: 100 }),
      steps: fc.integer({ min: 1, max: 100 }),
      msPerStep: fc.double({ min: 0.001, max: 1000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 30 }), (runs) => {
        const times = [1, 2, 50, 100].map((rows) => learned(runs).predictMs(shape(rows)));
        for (const [index, time] of times.entries()) {
          expect(time).toBeGreaterThan(0);
          expect(time).toBeGreaterThanOrEqual((times[index - 1] ?? 0) * (1 - 1e-9));
        }
      }),
    );
  });
});
