import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../gpu-backend/scheduler/service-time.ts';

describe('ServiceTime', () => {
  it('says one second until a run has been measured', () => {
    expect(new ServiceTime().retryAfterSeconds(40)).toBe(1);
  });

  it('multiplies the measured time by the runs ahead and rounds up', () => {
    const serviceTime = new ServiceTime();
    serviceTime.record(2100);
    expect(serviceTime.retryAfterSeconds(1)).toBe(3);
    expect(serviceTime.retryAfterSeconds(10)).toBe(21);
  });

  it('never says zero', () => {
    const serviceTime = new ServiceTime();
    serviceTime.record(1);
    expect(serviceTime.retryAfterSeconds(1)).toBe(1);
  });

  it('follows a change of load within a few runs', () => {
    const serviceTime = new ServiceTime();
    serviceTime.record(1000);
    for (let run = 0; run < 20; run++) serviceTime.record(5000);
    expect(serviceTime.retryAfterSeconds(1)).toBe(5);
  });
});
