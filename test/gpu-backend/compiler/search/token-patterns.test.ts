import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignRight, endsWith, lastTokens } from '../../../../gpu-backend/compiler/search/token-patterns.ts';
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
});
