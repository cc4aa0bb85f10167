import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignRight,
  endsWith,
  lastTokens,
  readPatterns,
} from '../../../../gpu-backend/compiler/search/token-patterns.ts';
import { runGraph } from '../run-graph.ts';

const token = fc.integer({ min: 0, max: 2 });

/** Whether each reply ends with each sequence, and the sequences' last tokens, by the graph. */
async function byGraph(replies: number[][], sequences: number[][]) {
  const longest = Math.max(...sequences.map(({ length }) => length));
  const padded = sequences.map((sequence) => [
    ...sequence,
    ...Array<number>(longest - sequence.length).fill(-1),
  ]);
  return runGraph({ replies: [replies], sequences: [padded] }, (g, { int }) => {
    const { patterns, isNeeded } = alignRight(g, int('sequences'));
    return {
      ends: endsWith(g, int('replies'), patterns),
      last: lastTokens(g, patterns),
      isNeeded: g.expand(isNeeded, g.ints(1)),
    };
  });
}

describe('token patterns', () => {
  it('are found at the end of a reply, however long either is', async () => {
    const sequences = fc.array(fc.array(token, { maxLength: 4 }), { minLength: 1, maxLength: 3 });
    const replies = fc
      .integer({ min: 1, max: 5 })
      .chain((length) =>
        fc.array(fc.array(token, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 3 }),
      );
    await fc.assert(
      fc.asyncProperty(replies, sequences, async (replies, sequences) => {
        fc.pre(sequences.some(({ length }) => length > 0));
        const { ends, last } = await byGraph(replies, sequences);
        const endsBy = (reply: number[], sequence: number[]) =>
          sequence.length === 0 ||
          (sequence.length <= reply.length && reply.slice(-sequence.length).join() === sequence.join());
        expect(ends).toEqual([replies.map((reply) => sequences.map((sequence) => endsBy(reply, sequence)))]);
        expect(last).toEqual([sequences.map((sequence) => sequence.at(-1) ?? -1)]);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('are compared for the rows that have any, not for their neighbours', async () => {
    const none = [
      [-1, -1],
      [-1, -1],
    ];
    const some = [
      [4, 5],
      [6, -1],
    ];
    const aligned = [
      [-1, 4, 5],
      [-1, -1, 6],
    ];
    const read = (sequences: number[][][]) =>
      runGraph({ sequences }, (g, { int }) => {
        const { patterns, rows, placeOf, isRow } = readPatterns(g, int('sequences'));
        return { patterns, rows, placeOf, isRow };
      });
    expect(await read([none, some, none, some, none])).toEqual({
      patterns: [aligned, aligned],
      rows: [1, 3],
      placeOf: [0, 0, 0, 1, 1],
      isRow: [[false], [true], [false], [true], [false]],
    });
    expect(await read([none, none])).toMatchObject({ rows: [0], placeOf: [0, 0], isRow: [[false], [false]] });
  });
});
