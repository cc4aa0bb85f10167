import { describe, expect, it } from 'vitest';
import { goesBefore, inOrder, MAX_OVERTAKING } from '../../../gpu-backend/scheduler/batch-order.ts';
import { type Fields, request } from './waiting-requests.ts';

const NEWCOMERS: [string, Fields, Fields, boolean][] = [
  ['its equal', {}, {}, true],
  ['one of a higher priority', {}, { priority: 1 }, false],
  ['one whose tenant had less', { startTag: 2 }, { startTag: 1 }, false],
  [
    'one of the highest priority, once it was overtaken too often',
    { arrivedAtBatch: 4 },
    { priority: 1 },
    true,
  ],
];

describe('goesBefore', () => {
  it.each(NEWCOMERS)('decides between one that waits and %s', (_, waiting, newcomer, expected) => {
    const now = 4 + MAX_OVERTAKING;
    const [one, other] = [waiting, newcomer].map((fields) => request('', { arrivedAtBatch: now, ...fields }));
    expect(goesBefore(one!, other!, now)).toBe(expected);
    // The same as where the newcomer would be put.
    expect(inOrder([one!, other!], now)[0] === one).toBe(expected);
  });
});

/** The names of requests with these fields, in the order in which they may go. */
const order = (fields: Record<string, Fields>, batchesTaken = 0) =>
  inOrder(
    Object.entries(fields).map(([name, own]) => request(name, own)),
    batchesTaken,
  ).map(({ name }) => name);

describe('inOrder', () => {
  it('goes by arrival among equals', () => {
    expect(order({ a: {}, b: {}, c: {} })).toEqual(['a', 'b', 'c']);
  });

  it('goes by priority before all else, 1 first and none last', () => {
    expect(order({ none: {}, low: { priority: 3 }, high: { priority: 1, startTag: 9 } })).toEqual([
      'high',
      'low',
      'none',
    ]);
  });

  it('goes by what tenants have had within a priority', () => {
    expect(order({ much: { startTag: 2 }, little: { startTag: 1 } })).toEqual(['little', 'much']);
  });

  it('lets those go first that were overtaken too often, by arrival', () => {
    const fields = {
      old: { arrivedAtBatch: 3 },
      older: { arrivedAtBatch: 2 },
      high: { priority: 1, arrivedAtBatch: 9 },
    };
    expect(order(fields, 2 + MAX_OVERTAKING - 1)).toEqual(['high', 'old', 'older']);
    expect(order(fields, 2 + MAX_OVERTAKING)).toEqual(['older', 'high', 'old']);
    expect(order(fields, 3 + MAX_OVERTAKING)).toEqual(['old', 'older', 'high']);
  });
});
