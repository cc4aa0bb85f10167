import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare } from '../../../gpu-backend/scheduler/fair-share.ts';
import { tokensOf } from '../../../gpu-backend/scheduler/run-shape.ts';
import { takeBatch } from '../../../gpu-backend/scheduler/take-batch.ts';
import { type Fields, LIMITS, type Named, predict, request } from './waiting-requests.ts';

/** A queue that tenants send requests to, and that is taken from batch by batch. */
class SharedQueue {
  readonly #share = new FairShare();
  #waiting: Named[] = [];
  readonly served: Record<string, number> = {};

  send(tenant: string, fields: Fields): void {
    const { shape } = request(tenant, fields);
    const startTag = this.#share.startTag(tenant);
    this.#share.charge(tenant, startTag, tokensOf(shape));
    // Nobody is overtaken too often here: that rule is another one's, and works against shares.
    this.#waiting.push(request(tenant, { ...fields, startTag, arrivedAtBatch: Infinity }));
  }

  /** Takes one batch; the names of its tenants. */
  take(): string[] {
    const moment = { limits: LIMITS, nowMs: 1000, batchesTaken: 0, predict, isMeasured: true };
    const { batch, rest } = takeBatch(this.#waiting, moment);
    this.#share.advance(batch[0]!.startTag);
    this.#waiting = rest;
    if (rest.length === 0) this.#share.forget();
    for (const { name, shape } of batch) this.served[name] = (this.served[name] ?? 0) + tokensOf(shape);
    return batch.map(({ name }) => name);
  }
}

const ALONE = { isAlone: true };

describe('FairShare', () => {
  it('lets tenants take turns, however much one of them has sent before', () => {
    const queue = new SharedQueue();
    for (let sent = 0; sent < 50; sent++) queue.send('flood', ALONE);
    for (let sent = 0; sent < 3; sent++) queue.send('other', ALONE);
    expect(Array.from({ length: 7 }, () => queue.take()[0])).toEqual([
      'flood',
      'other',
      'flood',
      'other',
      'flood',
      'other',
      'flood',
    ]);
  });

  it('counts the work of requests, not their number', () => {
    const queue = new SharedQueue();
    for (let sent = 0; sent < 20; sent++) {
      queue.send('large', { ...ALONE, rows: 3 });
      queue.send('small', ALONE);
    }
    const turns = Array.from({ length: 16 }, () => queue.take()[0]);
    expect(turns.filter((name) => name === 'small')).toHaveLength(12);
  });

  it('saves nothing up for a tenant that was away', () => {
    const queue = new SharedQueue();
    for (let sent = 0; sent < 40; sent++) queue.send('busy', ALONE);
    for (let taken = 0; taken < 20; taken++) queue.take();
    for (let sent = 0; sent < 20; sent++) queue.send('back', ALONE);
    const turns = Array.from({ length: 10 }, () => queue.take()[0]);
    expect(turns.filter((name) => name === 'busy')).toHaveLength(5);
  });

  it('holds nothing against a tenant that used what nobody else wanted', () => {
    const queue = new SharedQueue();
    for (let sent = 0; sent < 20; sent++) queue.send('first', ALONE);
    for (let taken = 0; taken < 20; taken++) queue.take();
    for (const name of ['first', 'second', 'first', 'second']) queue.send(name, ALONE);
    expect(Array.from({ length: 4 }, () => queue.take()[0])).toEqual(['first', 'second', 'first', 'second']);
  });

  it('gives back what a request that left would have cost', () => {
    const share = new FairShare();
    share.charge('tenant', share.startTag('tenant'), 10);
    share.refund('tenant', 10);
    expect(share.startTag('tenant')).toBe(0);
  });

  it('keeps its place for a tenant that has used more, while one of its requests leaves', () => {
    const share = new FairShare();
    for (const cost of [10, 5]) share.charge('tenant', share.startTag('tenant'), cost);
    share.refund('tenant', 5);
    expect(share.startTag('tenant')).toBe(10);
    share.refund('tenant', 10);
    expect(share.startTag('tenant')).toBe(0);
  });

  it('keeps any two tenants that always wait within a batch or so of each other', () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 3 }),
      maxLength: fc.integer({ min: 20, max: 60 }),
    });
    const costliest = tokensOf(request('', { rows: 4, width: 3, maxLength: 60 }).shape);
    const sent = fc.array(fc.tuple(fc.constantFrom('a', 'b'), shapes), { minLength: 100, maxLength: 200 });
    fc.assert(
      fc.property(sent, (requests) => {
        const queue = new SharedQueue();
        const left: Record<string, number> = { a: 0, b: 0 };
        for (const [tenant, fields] of requests) {
          queue.send(tenant, fields);
          left[tenant]!++;
        }
        while (left['a']! > 0 && left['b']! > 0) {
          for (const tenant of queue.take()) left[tenant]!--;
          const { a = 0, b = 0 } = queue.served;
          if (left['a']! > 0 && left['b']! > 0)
            expect(Math.abs(a - b)).toBeLessThanOrEqual((LIMITS.maxBatchSize + 1) * costliest);
        }
      }),
    );
  });
});
