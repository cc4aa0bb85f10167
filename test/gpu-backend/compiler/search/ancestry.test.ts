import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, entriesOfStep, noEntries } from '../../../../gpu-backend/compiler/search/ancestry.ts';
import { float, runGraph } from '../run-graph.ts';

const HIDDEN = -30_000;

describe('ancestry', () => {
  it('starts without entries, and every beam owns one of those that a step adds', async () => {
    const { none, step } = await runGraph({ batch: [2], beams: [3] }, (g, { int }) => ({
      none: noEntries(g, int('batch'), int('beams')),
      step: entriesOfStep(g, int('batch'), int('beams')),
    }));
    const row = [
      [0, HIDDEN, HIDDEN],
      [HIDDEN, 0, HIDDEN],
      [HIDDEN, HIDDEN, 0],
    ];
    expect(none).toEqual([
      [[], [], []],
      [[], [], []],
    ]);
    expect(step).toEqual([row, row]);
  });

  it('keeps every entry that a beam descends from, in order, with its keys and values', async () => {
    const sizes = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      beams: fc.integer({ min: 1, max: 4 }),
      heads: fc.integer({ min: 1, max: 2 }),
      entries: fc.integer({ min: 1, max: 9 }),
    });
    const ancestries = sizes.chain(({ batch, beams, heads, entries }) =>
      fc.record({
        heads: fc.constant(heads),
        // The first entry is the start token's, from which all beams descend.
        owned: fc.array(
          fc
            .array(fc.array(fc.boolean(), { minLength: entries, maxLength: entries }), {
              minLength: beams,
              maxLength: beams,
            })
            .map((rows) => rows.map((row) => [true, ...row])),
          { minLength: batch, maxLength: batch },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(ancestries, async ({ owned, heads }) => {
        // An entry's key says which entry of which row and head it is.
        const keys = owned.map((beams, row) =>
          Array.from({ length: heads }, (_, head) =>
            beams[0]!.map((_, entry) => [row * 1000 + head * 100 + entry]),
          ),
        );
        const past = owned.map((beams) => beams.map((row) => row.map((own) => (own ? 0 : HIDDEN))));
        const { entries, key } = await runGraph(
          { past: float(past), keys: float(keys) },
          (g, { float: input }) => {
            const compacted = compact(g, input('past'), { key: input('keys') });
            return { entries: compacted.entries, key: compacted.cache['key']! };
          },
        );

        const alive = owned.map((beams) =>
          [...beams[0]!.keys()].filter((entry) => beams.some((row) => row[entry])),
        );
        const kept = Math.max(...alive.map((row) => row.length));
        const found = key as number[][][][];
        for (const [row, expected] of alive.entries()) {
          const order = found[row]![0]!.map(([value]) => value! - row * 1000);
          expect(order).toHaveLength(kept);
          expect(order.slice(0, expected.length)).toEqual(expected);
          for (let head = 0; head < heads; head++)
            expect(found[row]![head]).toEqual(order.map((entry) => [row * 1000 + head * 100 + entry]));
          const ownAfter = owned[row]!.map((beam) => order.map((entry) => (beam[entry] ? 0 : HIDDEN)));
          expect((entries as number[][][])[row]).toEqual(ownAfter);
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});
