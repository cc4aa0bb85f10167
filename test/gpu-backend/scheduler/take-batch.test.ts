import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_OVERTAKING } from '../../../gpu-backend/scheduler/batch-order.ts';
import { tokensOf, together } from '../../../gpu-backend/scheduler/run-shape.ts';
import { type BatchLimits, takeBatch } from '../../../gpu-backend/scheduler/take-batch.ts';
import { anyLimits, LIMITS, type Named, predict, queues, request } from './waiting-requests.ts';

const names = (requests: Named[]) => requests.map(({ name }) => name);

interface Case extends Partial<BatchLimits> {
  nowMs?: number;
  batchesTaken?: number;
  isMeasured?: boolean;
}

/** Three lists of names, as `takeBatch` sorted them. */
function sorted(
  waiting: Named[],
  { nowMs = 100, batchesTaken = 0, isMeasured = false, ...limits }: Case = {},
) {
  const moment = { limits: { ...LIMITS, ...limits }, nowMs, batchesTaken, predict, isMeasured };
  const { batch, expired, rest, lookAgainAtMs } = takeBatch(waiting, moment);
  return { batch: names(batch), expired: names(expired), rest: names(rest), lookAgainAtMs };
}

describe('takeBatch', () => {
  it('takes nothing from an empty queue and asks for no other look', () => {
    expect(sorted([])).toEqual({ batch: [], expired: [], rest: [], lookAgainAtMs: Infinity });
  });

  it('takes requests of one width in order of arrival', () => {
    const waiting = [request('a'), request('b', { width: 1 }), request('c')];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'c'], rest: ['b'] });
  });

  it('counts rows, not requests', () => {
    const waiting = [request('a', { rows: 3 }), request('b'), request('c')];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'b'], rest: ['c'] });
  });

  it('keeps a request whole and the order of requests that do not fit', () => {
    const waiting = [
      request('a', { rows: 3 }),
      request('b', { rows: 2 }),
      request('c', { rows: 4 }),
      request('d'),
    ];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'd'], rest: ['b', 'c'] });
  });

  it('counts each row as long as the longest, against the tokens of a run', () => {
    // 10 beams × (32 + 60) = 920 tokens a row, 10 × (128 + 60) = 1880 beside the long one.
    const waiting = [request('a'), request('b'), request('long', { inputLength: 128 })];
    expect(sorted(waiting, { maxBatchTokens: 3 * 1880 })).toMatchObject({ batch: ['a', 'b', 'long'] });
    expect(sorted(waiting, { maxBatchTokens: 3 * 1880 - 1 })).toMatchObject({ batch: ['a', 'b'] });
  });

  it('sets aside requests whose deadline has passed', () => {
    const waiting = [request('a', { deadlineMs: 100 }), request('b', { deadlineMs: 101 })];
    expect(sorted(waiting)).toMatchObject({ batch: ['b'], expired: ['a'], rest: [] });
  });

  it('runs a request by itself that must be alone, wherever it stands', () => {
    const alone = request('alone', { isAlone: true });
    expect(sorted([alone, request('a')])).toMatchObject({ batch: ['alone'], rest: ['a'] });
    expect(sorted([request('a'), alone, request('b')])).toMatchObject({ batch: ['a', 'b'], rest: ['alone'] });
  });

  it('calls a request larger than the largest batch a bug', () => {
    expect(() => sorted([request('a', { rows: 5 })])).toThrow('This is a bug.');
  });
});

describe('takeBatch, once it is measured how long runs take', () => {
  // A run of one row takes 110 ms, of two 160, of four 260.
  const soon = { deadlineMs: 100 + 259 };
  const full = ['b', 'c', 'd', 'e'].map((name) => request(name));

  it('gives the place of one whose deadline the run would miss to the next', () => {
    expect(sorted([request('a', soon), ...full], { isMeasured: true })).toMatchObject({
      batch: ['b', 'c', 'd', 'e'],
      expired: ['a'],
      rest: [],
    });
    expect(sorted([request('a', soon), ...full])).toMatchObject({ batch: ['a', 'b', 'c', 'd'], expired: [] });
  });

  it('keeps one that the run is just in time for', () => {
    const waiting = [request('a', { deadlineMs: 100 + 261 }), ...full];
    expect(sorted(waiting, { isMeasured: true })).toMatchObject({ batch: ['a', 'b', 'c', 'd'], expired: [] });
  });

  it('runs those whom it is too late for where nobody else waits, so that predictions are corrected', () => {
    const waiting = [request('a', { deadlineMs: 101 }), request('b', { deadlineMs: 102 })];
    expect(sorted(waiting, { isMeasured: true })).toMatchObject({ batch: ['a', 'b'], expired: [] });
  });
});

describe('takeBatch, for lengths that differ', () => {
  it('leaves a short reply for a run of its own, where carrying it along would cost more', () => {
    // Together 60 × (1 + 20/12) = 160; apart 60 × (1 + 10/12) + 10 × (1 + 10/12) = 128.
    const waiting = [request('long'), request('short', { maxLength: 10 }), request('long too')];
    expect(sorted(waiting)).toMatchObject({ batch: ['long', 'long too'], rest: ['short'] });
  });

  it('takes it along where a step costs little more with it', () => {
    const waiting = [request('long', { width: 1 }), request('short', { width: 1, maxLength: 30 })];
    expect(sorted(waiting)).toMatchObject({ batch: ['long', 'short'] });
  });

  it('never splits by the length of inputs, which the measured time hardly follows', () => {
    const waiting = [request('a', { inputLength: 1 }), request('b', { inputLength: 128 })];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'b'] });
  });
});

describe('takeBatch, with a delay', () => {
  it('waits for more rows until one has been held back long enough', () => {
    const waiting = [request('a', { arrivedAtMs: 90 }), request('b', { arrivedAtMs: 99 })];
    expect(sorted(waiting, { maxQueueDelayMs: 20 })).toMatchObject({
      batch: [],
      rest: ['a', 'b'],
      lookAgainAtMs: 110,
    });
    expect(sorted(waiting, { maxQueueDelayMs: 10 })).toMatchObject({ batch: ['a', 'b'] });
  });

  it('counts the delay of whoever in the batch came first', () => {
    const waiting = [
      request('early', { arrivedAtMs: 90 }),
      request('important', { arrivedAtMs: 99, priority: 1 }),
    ];
    expect(sorted(waiting, { maxQueueDelayMs: 10 })).toMatchObject({ batch: ['important', 'early'] });
  });

  it('does not wait with a full batch', () => {
    const waiting = ['a', 'b', 'c', 'd'].map((name) => request(name, { arrivedAtMs: 100 }));
    expect(sorted(waiting, { maxQueueDelayMs: 1000 })).toMatchObject({ batch: ['a', 'b', 'c', 'd'] });
  });

  it('does not wait where the next request does not fit any more', () => {
    const waiting = [request('a', { arrivedAtMs: 100, rows: 3 }), request('b', { rows: 2 })];
    expect(sorted(waiting, { maxQueueDelayMs: 1000 })).toMatchObject({ batch: ['a'], rest: ['b'] });
  });

  it('does not wait longer than a deadline in the batch allows', () => {
    const waiting = [request('a', { arrivedAtMs: 100 }), request('b', { arrivedAtMs: 99, deadlineMs: 105 })];
    expect(sorted(waiting, { maxQueueDelayMs: 10 })).toMatchObject({ batch: ['a', 'b'] });
  });

  it('does not wait with a preferred size, and takes the largest that it can make', () => {
    const waiting = ['a', 'b', 'c'].map((name) => request(name, { arrivedAtMs: 100 }));
    const delayed = { maxQueueDelayMs: 1000, maxBatchSize: 8 };
    expect(sorted(waiting, { ...delayed, preferredBatchSizes: [2, 4] })).toMatchObject({
      batch: ['a', 'b'],
      rest: ['c'],
    });
    expect(sorted(waiting, { ...delayed, preferredBatchSizes: [2, 3] })).toMatchObject({
      batch: ['a', 'b', 'c'],
    });
    expect(sorted(waiting, { ...delayed, preferredBatchSizes: [4] })).toMatchObject({ batch: [] });
  });
});

describe('takeBatch, for any queue', () => {
  const moments = fc.record({
    limits: anyLimits,
    batchesTaken: fc.integer({ min: 40, max: 60 }),
    isMeasured: fc.boolean(),
  });

  it('loses no request, and keeps those that wait in order of arrival', () => {
    fc.assert(
      fc.property(queues, moments, (waiting, moment) => {
        const { batch, expired, rest } = takeBatch(waiting, { ...moment, nowMs: 100, predict });
        const places = (list: Named[]) => list.map((item) => waiting.indexOf(item));
        expect(places([...batch, ...expired, ...rest]).toSorted((a, b) => a - b)).toEqual(
          waiting.map((_, index) => index),
        );
        for (const list of [expired, rest])
          expect(places(list)).toEqual(places(list).toSorted((a, b) => a - b));
      }),
    );
  });

  it('makes a batch of one width that is alive and within every limit', () => {
    fc.assert(
      fc.property(queues, moments, (waiting, moment) => {
        const { batch, expired } = takeBatch(waiting, { ...moment, nowMs: 100, predict });
        if (!moment.isMeasured) expect(expired.every(({ deadlineMs }) => deadlineMs <= 100)).toBe(true);
        if (batch.length === 0) return;
        const shape = batch.map(({ shape }) => shape).reduce(together);
        expect(new Set(batch.map(({ shape }) => shape.width)).size).toBe(1);
        expect(shape.rows).toBeLessThanOrEqual(moment.limits.maxBatchSize);
        expect(tokensOf(shape)).toBeLessThanOrEqual(moment.limits.maxBatchTokens);
        expect(batch.every(({ deadlineMs }) => deadlineMs > 100)).toBe(true);
        expect(batch.length === 1 || batch.every(({ isAlone }) => !isAlone)).toBe(true);
      }),
    );
  });

  it('drops whom its batch would be too late for, unless it is for all that are left', () => {
    fc.assert(
      fc.property(queues, moments, (waiting, moment) => {
        const later = waiting.map((one) => ({ ...one, deadlineMs: one.deadlineMs + 100 }));
        const limits = { ...moment.limits, maxQueueDelayMs: 0 };
        const now = { ...moment, limits, isMeasured: true, nowMs: 100, predict };
        const { batch, expired, rest } = takeBatch(later, now);
        if (batch.length === 0) return;
        const doneMs = 100 + predict(batch.map(({ shape }) => shape).reduce(together));
        const isLate = ({ deadlineMs }: Named) => deadlineMs < doneMs;
        if (batch.some(isLate)) expect([batch.every(isLate), rest]).toEqual([true, []]);
        expect(expired.every(({ deadlineMs }) => deadlineMs !== Infinity)).toBe(true);
      }),
    );
  });

  it('never puts together what would be done earlier apart', () => {
    fc.assert(
      fc.property(queues, moments, (waiting, moment) => {
        const { batch } = takeBatch(waiting, { ...moment, nowMs: 100, predict });
        if (batch.length === 0) return;
        const apart = batch.reduce((sum, { shape }) => sum + predict(shape), 0);
        const joined = predict(batch.map(({ shape }) => shape).reduce(together));
        expect(joined).toBeLessThanOrEqual(apart * (1 + 1e-6));
      }),
    );
  });

  it('starves nobody: whatever comes, a request is in one of the next MAX_OVERTAKING + n batches', () => {
    const flood = fc.infiniteStream(
      queues.map((all) => all.slice(0, 4).map((one) => ({ ...one, deadlineMs: Infinity }))),
    );
    fc.assert(
      fc.property(queues, anyLimits, flood, (first, limits, newcomers) => {
        let waiting: Named[] = first.map((one) => ({ ...one, deadlineMs: Infinity, arrivedAtBatch: 0 }));
        const unserved = new Set(waiting);
        const bound = MAX_OVERTAKING + unserved.size;
        for (let batchesTaken = 0; unserved.size > 0; batchesTaken++) {
          expect(batchesTaken).toBeLessThan(bound);
          const noDelay = { ...limits, maxQueueDelayMs: 0 };
          const { batch, rest } = takeBatch(waiting, {
            limits: noDelay,
            nowMs: 1000,
            batchesTaken,
            predict,
            isMeasured: true,
          });
          for (const one of batch) unserved.delete(one);
          const later = newcomers
            .next()
            .value.map((one: Named) => ({ ...one, arrivedAtBatch: batchesTaken + 1 }));
          waiting = [...rest, ...later];
        }
      }),
    );
  });
});
