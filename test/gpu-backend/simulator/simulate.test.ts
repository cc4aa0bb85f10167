import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../gpu-backend/simulator/demand.ts';
import { type Supply, simulate } from '../../../gpu-backend/simulator/simulate.ts';

/** Runs of 10 steps, a tenth of a second for one row. */
const DEMAND: Demand = {
  shape: 'poisson',
  perSecond: 5,
  requests: 3000,
  timeoutMs: 2000,
  beams: 1,
  inputTokens: 10,
  replyTokens: { min: 10, max: 10 },
};

const SUPPLY: Supply = {
  machines: 1,
  workers: 1,
  cost: { stepMs: 8, sequenceMs: 2 },
  jitter: 0,
  limits: {
    maxBatchSize: 8,
    maxBatchTokens: 65_536,
    preferredBatchSizes: [],
    maxQueueSize: 64,
    maxQueueDelayMs: 0,
  },
};

const play = (demand: Partial<Demand>, supply: Partial<Supply> = {}, seed = 1) =>
  simulate({ ...DEMAND, ...demand }, { ...SUPPLY, ...supply }, seed);

/** 8 rows in 10 × (8 + 8 × 2) ms. */
const CAPACITY = 8 / 0.24;

describe('simulate', () => {
  it('gives the same outcome for the same seed, and another for another', async () => {
    expect(await play({})).toEqual(await play({}));
    expect(await play({}, {}, 2)).not.toEqual(await play({}));
  });

  it('agrees with the theory of a queue without batches', async () => {
    const limits = { ...SUPPLY.limits, maxBatchSize: 1 };
    const { utilization, p50Ms, inTime } = await play({ requests: 20_000 }, { limits });
    // M/D/1 at half load: every second request finds the worker idle and is done in one service time.
    expect(utilization).toBeCloseTo(0.5, 1);
    expect(p50Ms).toBeGreaterThanOrEqual(100);
    expect(p50Ms).toBeLessThan(110);
    expect(inTime).toBe(1);
  });

  it('counts each request once', async () => {
    const { inTime, late, refused, expired } = await play({ perSecond: 3 * CAPACITY });
    expect(inTime + late + refused + expired).toBeCloseTo(1);
    expect(refused).toBeGreaterThan(0.5);
  });

  it.each([2, 4, 10])('keeps its goodput and its deadlines at %i times what it can carry', async (load) => {
    const peak = await play({ perSecond: CAPACITY });
    const overload = await play({ perSecond: load * CAPACITY, requests: 10_000 });
    expect(overload.goodput).toBeGreaterThan(0.9 * peak.goodput);
    expect(overload.p99Ms).toBeLessThan(DEMAND.timeoutMs);
  });

  it('keeps them nearly as well where runs of one shape take unlike times', async () => {
    const supply = { jitter: 0.3 };
    const peak = await play({ perSecond: CAPACITY }, supply);
    const overload = await play({ perSecond: 2 * CAPACITY, requests: 10_000 }, supply);
    expect(overload.goodput).toBeGreaterThan(0.9 * peak.goodput);
    expect(overload.late).toBeLessThan(0.05 * overload.inTime);
  });

  it('answers in time most of what it answers on a machine that others slow down now and then', async () => {
    // Five runs as ever, then five of twice the time.
    const times = { runs: 0, each: 1 };
    const cost = {
      get stepMs() {
        times.each = Math.floor(times.runs++ / 5) % 2 === 0 ? 1 : 2;
        return 8 * times.each;
      },
      get sequenceMs() {
        return 2 * times.each;
      },
    };
    const demand = { perSecond: 2 * CAPACITY, timeoutMs: 600, requests: 10_000 };
    const { late, inTime } = await play(demand, { cost });
    expect(late).toBeLessThan(0.15 * inTime);
  });

  it('refuses nobody for lack of time where there is time', async () => {
    const { inTime, refused } = await play({ perSecond: 0.5 * CAPACITY });
    expect([inTime, refused]).toEqual([1, 0]);
  });

  it('serves more from more devices, on one machine or on several', async () => {
    const perSecond = 4 * 0.8 * CAPACITY;
    const one = await play({ perSecond });
    for (const supply of [{ workers: 4 }, { machines: 4 }, { machines: 2, workers: 2 }]) {
      const four = await play({ perSecond }, supply);
      expect(four.inTime).toBeGreaterThan(0.99);
      expect(four.goodput).toBeGreaterThan(2.5 * one.goodput);
    }
  });
});
