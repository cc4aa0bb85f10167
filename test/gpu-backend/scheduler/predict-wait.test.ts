import { describe, expect, it } from 'vitest';
import { predictDoneMs, predictWaitMs } from '../../../gpu-backend/scheduler/predict-wait.ts';
import { type Fields, LIMITS, request } from './waiting-requests.ts';

/** A run takes a second for each row, whatever else it has; four rows fit into one. */
const MOMENT = {
  limits: LIMITS,
  nowMs: 10_000,
  batchesTaken: 0,
  isMeasured: true,
  predict: ({ rows }: { rows: number }) => 1000 * rows,
};

const requests = (fields: Fields[]) => fields.map((own, index) => request(String(index), own));

function wait({
  ahead = [],
  runsEndAtMs = [],
  workers = 1,
}: {
  ahead?: Fields[];
  runsEndAtMs?: number[];
  workers?: number;
}): number {
  return predictWaitMs({ ahead: requests(ahead), runsEndAtMs, workers }, MOMENT);
}

describe('predictWaitMs', () => {
  it.each<[string, number, Parameters<typeof wait>[0]]>([
    ['nothing at an idle worker', 0, {}],
    ['nothing while one of two workers is idle', 0, { runsEndAtMs: [14_000], workers: 2 }],
    ['the rest of a run', 4000, { runsEndAtMs: [14_000] }],
    ['nothing of a run that takes longer than expected', 0, { runsEndAtMs: [9000] }],
    ['the rest and what waits', 6000, { runsEndAtMs: [14_000], ahead: [{}, {}] }],
    [
      'half of it where two workers share it',
      4000,
      { runsEndAtMs: [14_000, 12_000], ahead: [{}, {}], workers: 2 },
    ],
    ['each width in runs of its own', 5000, { ahead: [{ rows: 3 }, { width: 1 }, { width: 1 }] }],
    ['what waits while no worker can run, as if one could', 2000, { ahead: [{ rows: 2 }], workers: 0 }],
  ])('is %s', (_, ms, work) => {
    expect(wait(work)).toBe(ms);
  });

  it('fills runs up to the largest batch, in rows and in tokens', () => {
    const predictBatches = (maxBatchTokens?: number) => {
      const limits = { ...LIMITS, maxBatchTokens: maxBatchTokens ?? 65_536 };
      const moment = { limits, nowMs: 0, batchesTaken: 0, predict: () => 1000, isMeasured: true };
      const ahead = Array.from({ length: 8 }, (_, index) => request(String(index)));
      return predictWaitMs({ ahead, runsEndAtMs: [], workers: 1 }, moment);
    };
    expect(predictBatches()).toBe(2000);
    // A row takes 10 × (32 + 60) tokens.
    expect(predictBatches(2 * 920)).toBe(4000);
    expect(predictBatches(919)).toBe(8000);
  });
});

describe('predictDoneMs', () => {
  /** With a run that ends in a second, and a row that comes in each second, if it is busy. */
  const done = (ahead: Fields[], { isBusy = false } = {}) => {
    const runsEndAtMs = isBusy ? [11_000] : [];
    const arrivalRate = isBusy ? 0.001 : 0;
    const work = { ahead: requests(ahead), runsEndAtMs, workers: 1, arrivalRate };
    return predictDoneMs(request('newcomer'), work, MOMENT);
  };

  it('counts the own run with those that go first in it', () => {
    expect(done([])).toBe(1000);
    expect(done([{}, {}])).toBe(3000);
  });

  it('counts those in it too that will have come by its beginning, at most as many as fit', () => {
    expect(done([{}], { isBusy: true })).toBe(1000 + 3000);
    expect(done([{}, {}, {}], { isBusy: true })).toBe(1000 + 4000);
  });

  it('counts full runs before its own, and those of other widths', () => {
    expect(done([{}, {}, {}, {}], { isBusy: true })).toBe(1000 + 4000 + 4000);
    expect(done([{ width: 1 }, { width: 1 }])).toBe(2000 + 1000);
  });
});
