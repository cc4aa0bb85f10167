import fc from 'fast-check';
import type { RunShape } from '../../../gpu-backend/scheduler/run-shape.ts';
import type { BatchLimits, Waiting } from '../../../gpu-backend/scheduler/take-batch.ts';

export interface Named extends Waiting {
  name: string;
}

export type Fields = Partial<Omit<Waiting, 'shape'> & RunShape>;

export function request(name: string, fields: Fields = {}): Named {
  const { rows = 1, width = 10, inputLength = 32, minLength = 0, maxLength = 60, ...rest } = fields;
  return {
    name,
    shape: { rows, width, inputLength, minLength, maxLength },
    arrivedAtMs: 0,
    deadlineMs: Number.POSITIVE_INFINITY,
    priority: Number.POSITIVE_INFINITY,
    startTag: 0,
    arrivedAtBatch: 0,
    isAlone: false,
    ...rest,
  };
}

export const LIMITS: BatchLimits = {
  maxBatchSize: 4,
  maxBatchTokens: 65_536,
  preferredBatchSizes: [],
  maxQueueDelayMs: 0,
};

/** As a processor does it: a step costs something by itself and something for each sequence. */
export function predict({ rows, width, maxLength }: RunShape): number {
  return maxLength * (1 + (rows * width) / 12);
}

const fields = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  width: fc.integer({ min: 1, max: 3 }),
  inputLength: fc.integer({ min: 1, max: 128 }),
  maxLength: fc.integer({ min: 2, max: 128 }),
  arrivedAtMs: fc.integer({ min: 0, max: 100 }),
  deadlineMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 50, max: 150 })),
  priority: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 3 })),
  startTag: fc.integer({ min: 0, max: 5 }),
  arrivedAtBatch: fc.integer({ min: 0, max: 40 }),
  isAlone: fc.boolean(),
});

/** Any queue, in order of arrival. */
export const queues = fc
  .array(fields, { maxLength: 30 })
  .map((all) => all.map((fields, index) => request(String(index), fields)));

/** Limits that hold each request of `queues` by itself. */
export const anyLimits = fc.record({
  maxBatchSize: fc.integer({ min: 4, max: 8 }),
  maxBatchTokens: fc.integer({ min: 4 * 3 * 256, max: 20_000 }),
  preferredBatchSizes: fc.subarray([2, 3, 4, 6]),
  maxQueueDelayMs: fc.integer({ min: 0, max: 20 }),
});
