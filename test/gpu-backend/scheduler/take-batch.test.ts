import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatches, takeBatch, type Waiting } from '../../../gpu-backend/scheduler/take-batch.ts';

interface Request extends Waiting {
  name: string;
}

function request(name: string, fields: Partial<Waiting> = {}): Request {
  return { name, rowCount: 1, width: 10, arrivedAtMs: 0, deadlineMs: Infinity, isAlone: false, ...fields };
}

const names = (requests: Request[]) => requests.map(({ name }) => name);

/** Three names a list, as `takeBatch` sorted them. */
function sorted(waiting: Request[], { maxBatchSize = 4, maxQueueDelayMs = 0, nowMs = 100 } = {}) {
  const { batch, expired, rest, lookAgainAtMs } = takeBatch(
    waiting,
    { maxBatchSize, maxQueueDelayMs },
    nowMs,
  );
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
    const waiting = [request('a', { rowCount: 3 }), request('b'), request('c')];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'b'], rest: ['c'] });
  });

  it('keeps a request whole and the order of requests that do not fit', () => {
    const waiting = [
      request('a', { rowCount: 3 }),
      request('b', { rowCount: 2 }),
      request('c', { rowCount: 4 }),
      request('d'),
    ];
    expect(sorted(waiting)).toMatchObject({ batch: ['a', 'd'], rest: ['b', 'c'] });
  });

  it('sets aside requests whose deadline has passed', () => {
    const waiting = [request('a', { deadlineMs: 100 }), request('b', { deadlineMs: 101 })];
    expect(sorted(waiting)).toMatchObject({ batch: ['b'], expired: ['a'], rest: [] });
  });

  it('waits for more rows until the oldest request has been held back long enough', () => {
    const waiting = [request('a', { arrivedAtMs: 90 }), request('b', { arrivedAtMs: 99 })];
    expect(sorted(waiting, { maxQueueDelayMs: 20 })).toMatchObject({
      batch: [],
      rest: ['a', 'b'],
      lookAgainAtMs: 110,
    });
    expect(sorted(waiting, { maxQueueDelayMs: 10 })).toMatchObject({ batch: ['a', 'b'] });
  });

  it('does not wait with a full batch', () => {
    const waiting = ['a', 'b', 'c', 'd'].map((name) => request(name, { arrivedAtMs: 100 }));
    expect(sorted(waiting, { maxQueueDelayMs: 1000 })).toMatchObject({ batch: ['a', 'b', 'c', 'd'] });
  });

  it('does not wait where the next request does not fit any more', () => {
    const waiting = [request('a', { arrivedAtMs: 100, rowCount: 3 }), request('b', { rowCount: 2 })];
    expect(sorted(waiting, { maxQueueDelayMs: 1000 })).toMatchObject({ batch: ['a'], rest: ['b'] });
  });

  it('does not wait longer than a deadline in the batch allows', () => {
    const waiting = [request('a', { arrivedAtMs: 100 }), request('b', { deadlineMs: 105 })];
    expect(sorted(waiting, { maxQueueDelayMs: 10 })).toMatchObject({ batch: ['a', 'b'] });
  });

  it('calls a request larger than the largest batch a bug', () => {
    expect(() => sorted([request('a', { rowCount: 5 })])).toThrow('This is a bug.');
  });
});

const requests = fc
  .array(
    fc.record({
      rowCount: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 3 }),
      arrivedAtMs: fc.integer({ min: 0, max: 100 }),
      deadlineMs: fc.oneof(fc.constant(Infinity), fc.integer({ min: 50, max: 150 })),
    }),
  )
  .map((fields) => fields.map((waiting, index) => request(String(index), waiting)));

const limits = fc.record({
  maxBatchSize: fc.integer({ min: 4, max: 8 }),
  maxQueueDelayMs: fc.integer({ min: 0, max: 20 }),
});

describe('takeBatch, for any queue', () => {
  it('loses no request and keeps the order of each list', () => {
    fc.assert(
      fc.property(requests, limits, (waiting, bounds) => {
        const { batch, expired, rest } = takeBatch(waiting, bounds, 100);
        const order = (list: Request[]) => list.map((item) => waiting.indexOf(item));
        expect([...batch, ...expired, ...rest].toSorted(byName)).toEqual(waiting.toSorted(byName));
        for (const list of [batch, expired, rest])
          expect(order(list)).toEqual(order(list).toSorted((a, b) => a - b));
      }),
    );
  });

  it('fills a batch with rows of one width, alive rows and never too many', () => {
    fc.assert(
      fc.property(requests, limits, (waiting, bounds) => {
        const { batch, expired } = takeBatch(waiting, bounds, 100);
        expect(new Set(batch.map(({ width }) => width)).size).toBeLessThanOrEqual(1);
        expect(batch.reduce((rows, { rowCount }) => rows + rowCount, 0)).toBeLessThanOrEqual(
          bounds.maxBatchSize,
        );
        expect(batch.every(({ deadlineMs }) => deadlineMs > 100)).toBe(true);
        expect(expired.every(({ deadlineMs }) => deadlineMs <= 100)).toBe(true);
      }),
    );
  });

  it('takes the oldest request with every batch, so that a queue of n is empty after at most n', () => {
    fc.assert(
      fc.property(requests, limits, (waiting, bounds) => {
        let left = takeBatch(waiting, bounds, 100).rest;
        for (let runs = 0; left.length > 0; runs++) {
          expect(runs).toBeLessThan(waiting.length);
          const { batch, rest } = takeBatch(left, { ...bounds, maxQueueDelayMs: 0 }, 100);
          expect(batch[0]).toBe(left[0]);
          left = rest;
        }
      }),
    );
  });
});

describe('countBatches', () => {
  it('counts each width by itself', () => {
    const waiting = [
      request('a', { rowCount: 3 }),
      request('b', { rowCount: 2 }),
      request('c', { width: 1 }),
    ];
    expect(countBatches(waiting, 4)).toBe(3);
    expect(countBatches([], 4)).toBe(0);
  });
});

function byName(a: Request, b: Request): number {
  return a.name.localeCompare(b.name);
}
