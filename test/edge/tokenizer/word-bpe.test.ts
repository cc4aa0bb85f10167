import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallTokenizer, smallVocab } from '../small-tokenizer.ts';

const UNKNOWN = smallVocab.__unk__;
const RESERVED = ['__null__', '__start__', '__end__', '__newln__'] as const;
const tokens = Object.keys(smallVocab);
const ids = (written: string) => written.split(' ').map((token) => smallVocab[token as 'the'] ?? UNKNOWN);

describe('BPE within words', () => {
  it.each([
    ['Hello THERE', 'hello there'],
    ["Don't!", "don ' t !"],
    ['hi.\n\n\nthere', 'hi . __newln__ there'],
    ["hi'\nthere", "hi ' there"],
    ['hi \nthere', 'hi there'],
    ['\nhi', 'hi'],
    ['hi\u0085there\u2028you', 'hi there you'],
  ])('prepares %j as transformers does', (text, expected) => {
    expect(smallTokenizer.decode(smallTokenizer.encode(text))).toBe(expected);
  });

  it('writes what is not in the vocabulary as the unknown token, each character for itself', () => {
    expect(smallTokenizer.encode('hi 日本')).toEqual([...ids('hi'), UNKNOWN, UNKNOWN]);
    expect(smallTokenizer.encode('\ufeff\u0000')).toEqual([UNKNOWN, UNKNOWN]);
    expect(smallTokenizer.encode('\ud83d')).toEqual([UNKNOWN]);
    expect(smallTokenizer.decode([...ids('hi'), UNKNOWN, ...ids('there')])).toBe('hi __unk__ there');
  });

  it('leaves special tokens and ids that are none out of a text', () => {
    expect(smallTokenizer.decode([1, ...ids('hi'), 999_999, 2, 0, 0])).toBe('hi');
    expect(smallTokenizer.decode([2])).toBe('');
    expect(smallTokenizer.decode([])).toBe('');
  });

  it('gives only ids of the vocabulary, and never a special one, whatever is typed', () => {
    const special = ['__null__', '__start__', '__end__'].map((name) => smallVocab[name as '__end__']);
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc
        .array(fc.constantFrom(...RESERVED, '</w>', '__', '@@', ' ', '\n', 'hi', '\ud800', '\u0000'), {
          size: 'medium',
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const encoded = smallTokenizer.encode(text);
        expect(encoded.every((id) => id < tokens.length && !special.includes(id))).toBe(true);
        const lineFeeds = encoded.filter((id) => id === smallVocab.__newln__).length;
        expect(lineFeeds).toBeLessThanOrEqual(text.split('\n').length - 1);
      }),
      { numRuns: 500 },
    );
  });

  it('encodes what it decoded into the same ids again, where it knew all of it', () => {
    const words = fc.array(
      fc.constantFrom('Hello', "don't", 'you,', 'really??', '(sure)', 'cat', 'so...', 'a  b', 'xyzzy'),
    );
    fc.assert(
      fc.property(words, (parts) => {
        const once = smallTokenizer.encode(parts.join(' '));
        fc.pre(!once.includes(UNKNOWN));
        expect(smallTokenizer.encode(smallTokenizer.decode(once))).toEqual(once);
      }),
    );
  });

  it.each(['a', '👍', "'", '.', '\n', 'ab', '\ud800', '_', '__newln__', ' \n'])(
    'takes a hundred thousand characters of %j in its stride',
    (unit) => {
      const text = unit.repeat(100_000 / unit.length);
      const startedAt = performance.now();
      smallTokenizer.encode(text);
      // Some 0.3 s on a machine that does nothing else; quadratic time would be minutes.
      expect(performance.now() - startedAt).toBeLessThan(25_000);
    },
  );
});
