import { describe, expect, it } from 'vitest';
import { ArrivalRate } from '../../../gpu-backend/scheduler/arrival-rate.ts';

describe('ArrivalRate', () => {
  it('comes near a steady rate and forgets it in silence', () => {
    const rate = new ArrivalRate();
    for (let nowMs = 0; nowMs < 60_000; nowMs += 500) rate.record(2, nowMs);
    expect(rate.at(60_000)).toBeGreaterThan(0.0036);
    expect(rate.at(60_000)).toBeLessThan(0.0044);
    expect(rate.at(160_000)).toBeLessThan(0.0001);
  });

  it('is nothing before anybody came', () => {
    expect(new ArrivalRate().at(5000)).toBe(0);
  });
});
