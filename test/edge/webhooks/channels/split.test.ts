import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitReply } from '../../../../edge/webhooks/channels/split.ts';

describe('splitReply', () => {
  it.each([
    ['hello', 10, ['hello']],
    ['  ', 10, []],
    ['one two three', 8, ['one two', 'three']],
    ['One. Two and three', 12, ['One. Two and', 'three']],
    ['One two. Three four', 14, ['One two.', 'Three four']],
    ['one two\n\nthree four', 14, ['one two', 'three four']],
    ['aaaaaaaaaa', 4, ['aaaa', 'aaaa', 'aa']],
    ['😀😀😀', 3, ['😀', '😀', '😀']],
    ['😀', 1, ['😀']],
    ['aa👩‍🚀aa', 5, ['aa', '👩‍🚀', 'aa']],
    ['cafe\u0301s', 4, ['caf', 'e\u0301s']],
    ['👨‍👩‍👧', 3, ['👨‍', '👩‍', '👧']],
  ])('splits %j at %i', (text, maxLength, parts) => {
    expect(splitReply(text, maxLength)).toEqual(parts);
  });

  it('loses nothing but white space, cuts no character, and keeps to the length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-composite', maxLength: 400 }),
        fc.integer({ min: 2, max: 60 }),
        (text, max) => {
          const parts = splitReply(text, max);
          expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
          for (const part of parts) {
            expect(part.length).toBeLessThanOrEqual(max);
            expect(part).not.toBe('');
            expect(part.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });

  it('counts as the channel does', () => {
    const doubled = (text: string) => text.replaceAll('&', '&amp;').length;
    for (const part of splitReply('&'.repeat(100), 20, doubled))
      expect(doubled(part)).toBeLessThanOrEqual(20);
  });
});
