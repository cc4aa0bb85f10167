import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLevelTokenizerJson } from '../../../shared/tokenizer/byte-level.ts';
import { parseTokenizer } from '../../../shared/tokenizer/parse-tokenizer.ts';
import { TokenizerError } from '../../../shared/tokenizer/tokenizer-json.ts';
import { wordTokenizerJson } from '../../../shared/tokenizer/word-bpe.ts';

const bytes = byteLevelTokenizerJson({ '<pad>': 0, Ġ: 1, a: 2, Ġa: 3 }, [['Ġ', 'a']]);
const words = wordTokenizerJson(
  { __null__: 0, __start__: 1, __end__: 2, __unk__: 3, __newln__: 4, 'a@@': 5, b: 6 },
  [['a', 'b</w>']],
);

describe('parseTokenizer', () => {
  it('tells the family by the kind of tokenizer', () => {
    expect(parseTokenizer(bytes)).toEqual({ family: 'blenderbot', json: bytes });
    expect(parseTokenizer(words)).toEqual({ family: 'blenderbot-small', json: words });
    // As a file on the hub has it.
    const { normalizer: _, ...hub } = {
      ...bytes,
      added_tokens: [],
      post_processor: { type: 'TemplateProcessing' },
    };
    expect(parseTokenizer(hub).family).toBe('blenderbot');
  });

  const cases: [string, unknown, RegExp][] = [
    ['nothing', null, /file: /],
    ['another model', { ...bytes, model: { ...bytes.model, type: 'Unigram' } }, /model\.type: .*"BPE"/],
    ['no vocabulary', { ...bytes, model: { type: 'BPE', merges: [] } }, /model\.vocab: not an object/],
    ['no merges', { ...bytes, model: { type: 'BPE', vocab: {} } }, /model\.merges: not a list/],
    ['byte fallback', { ...bytes, model: { ...bytes.model, byte_fallback: true } }, /model\.byte_fallback/],
    ['no decoder', { ...bytes, decoder: null }, /decoder/],
    [
      'another pre-tokenizer',
      { ...bytes, pre_tokenizer: { type: 'Whitespace' } },
      /pre_tokenizer is not "ByteLevel"/,
    ],
    ['another decoder', { ...bytes, decoder: { type: 'WordPiece' } }, /decoder is not "ByteLevel"/],
    ['a normalizer', { ...bytes, normalizer: { type: 'NFC' } }, /has a normalizer/],
    [
      'another end of words',
      { ...bytes, model: { ...bytes.model, end_of_word_suffix: '</e>' } },
      /end_of_word_suffix/,
    ],
    ['no space', byteLevelTokenizerJson({ a: 0 }, []), /no token "Ġ"/],
    // What the hub has beside the 90M.
    [
      'words that keep their capitals',
      { ...words, normalizer: null },
      /put its vocab\.json and merges\.txt beside/,
    ],
    [
      'words that are split elsewhere',
      { ...words, pre_tokenizer: { type: 'Whitespace' } },
      /does not prepare text/,
    ],
  ];
  it.each(cases)('refuses %s', (_, json, cause) => {
    expect(() => parseTokenizer(json)).toThrow(TokenizerError);
    expect(() => parseTokenizer(json)).toThrow(cause);
  });

  it('reads or refuses whatever JSON there is', () => {
    const part = fc.constantFrom(...Object.keys(bytes));
    fc.assert(
      fc.property(fc.constantFrom(bytes, words), part, fc.jsonValue(), (json, name, value) => {
        try {
          parseTokenizer({ ...json, [name]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(TokenizerError);
        }
      }),
    );
  });
});

describe('the tokenizer.json of BPE within words', () => {
  it('has pieces that end a word marked, and a line feed for __newln__', () => {
    expect(words.model.vocab).toEqual({
      '__null__</w>': 0,
      '__start__</w>': 1,
      '__end__</w>': 2,
      '__unk__</w>': 3,
      '\n</w>': 4,
      a: 5,
      'b</w>': 6,
    });
    expect(words.model).toMatchObject({ unk_token: '__unk__</w>', end_of_word_suffix: '</w>' });
    expect(words.added_tokens?.map(({ id }) => id)).toEqual([0, 1, 2]);
  });

  it('makes no special token of letters', () => {
    const vocab = { __null__: 0, __start__: 1, __end__: 2, __unk__: 3, __newln__: 4 };
    const merges: [string, string][] = [
      ['__end', '__</w>'],
      ['__', 'newln__</w>'],
      ['e', 'n'],
    ];
    expect(wordTokenizerJson(vocab, merges).model.merges).toEqual([['e', 'n']]);
  });

  it('needs the tokens that have a meaning of their own', () => {
    expect(() => wordTokenizerJson({ __unk__: 0 }, [])).toThrow(/no token "__null__"/);
  });
});
