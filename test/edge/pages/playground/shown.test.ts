import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRepeats } from '../../../../edge/pages/client/playground/repeats.ts';
import { serverTiming } from '../../../../edge/pages/client/playground/server-timing.ts';
import { type Branch, hypothesisTree } from '../../../../edge/pages/client/playground/tree.ts';

const words = (text: string) => (text === '' ? [] : text.split(' '));

describe('what a block would have prevented', () => {
  it.each([
    ['a b c a b c', 3, '', [3, 4, 5], [], 1],
    ['a b c d', 3, '', [], [], 0],
    ['a a a a', 2, '', [1, 2, 3], [], 2],
    ['a b', 3, '', [], [], 0],
    ['x i am here y', 3, 'so i am here', [], [1, 2, 3], 0],
    ['a a', 0, 'a', [], [], 0],
  ])('in %j with n-grams of %i, after %j', (reply, size, said, within, taken, count) => {
    const found = findRepeats(words(reply), { size, said: words(said) });
    expect([...found.within].sort()).toEqual(within);
    expect([...found.taken].sort()).toEqual(taken);
    expect(found.count).toBe(count);
  });

  it('is nothing where no n-gram comes twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c')),
        fc.integer({ min: 1, max: 4 }),
        (tokens, size) => {
          const ngrams = tokens
            .slice(0, Math.max(0, tokens.length - size + 1))
            .map((_, i) => tokens.slice(i, i + size).join());
          const { count } = findRepeats(tokens, { size, said: [] });
          expect(count).toBe(ngrams.length - new Set(ngrams).size);
        },
      ),
    );
  });
});

describe('the tree of hypotheses', () => {
  it('has what they share once', () => {
    expect(
      hypothesisTree([words('no i have none'), words('yes i do'), words('no i have one'), words('no')]),
    ).toEqual({
      tokens: [],
      ends: [],
      branches: [
        {
          tokens: ['no'],
          ends: [3],
          branches: [
            {
              tokens: ['i', 'have'],
              ends: [],
              branches: [
                { tokens: ['none'], ends: [0], branches: [] },
                { tokens: ['one'], ends: [2], branches: [] },
              ],
            },
          ],
        },
        { tokens: ['yes', 'i', 'do'], ends: [1], branches: [] },
      ],
    });
  });

  it('holds each of them, as it was', () => {
    const hypotheses = fc.array(fc.array(fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 8 });
    const read = ({ tokens, ends, branches }: Branch, before: string[] = []): [number, string[]][] => {
      const here = [...before, ...tokens];
      return [
        ...ends.map((place): [number, string[]] => [place, here]),
        ...branches.flatMap((one) => read(one, here)),
      ];
    };
    fc.assert(
      fc.property(hypotheses, (all) => {
        const found = read(hypothesisTree(all)).sort(([a], [b]) => a - b);
        expect(found.map(([, tokens]) => tokens)).toEqual(all);
      }),
    );
  });
});

it.each([
  [
    'tokenize;dur=2.0,backend;dur=105.5,total;dur=128.0;desc="Total"',
    [
      ['tokenize', 2],
      ['backend', 105.5],
      ['total', 128],
    ],
  ],
  ['cache;desc="none", x;dur=abc', []],
  [null, []],
])('a Server-Timing header is read: %j', (header, phases) => {
  expect(serverTiming(header).map(({ name, ms }) => [name, ms])).toEqual(phases);
});
