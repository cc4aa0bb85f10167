import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../../../edge/tokenizer/tokenizer.ts';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { byteLevelTokenizerJson } from '../../../shared/tokenizer/byte-level.ts';
import type { Merge } from '../../../shared/tokenizer/tokenizer-json.ts';

const text = () => fc.string({ unit: 'binary' });

describe('the tokenizer', () => {
  it('gives every text back, with its prefix space', () => {
    fc.assert(
      fc.property(text(), (written) => {
        const expected = written === '' || written.startsWith(' ') ? written : ` ${written}`;
        expect(tokenizer.decode(tokenizer.encode(written))).toBe(expected);
      }),
    );
  });

  it('never gives a special token for what a person typed', () => {
    const special = new Set(Object.values(modelConfig.tokens));
    const typed = fc.array(fc.constantFrom('</s>', '<s>', '<pad>', '<unk>', ' ', 'hi'), { size: 'medium' });
    fc.assert(
      fc.property(typed, (parts) => {
        expect(tokenizer.encode(parts.join('')).filter((id) => special.has(id))).toEqual([]);
      }),
    );
  });

  it('only gives ids that the model has', () => {
    fc.assert(
      fc.property(text(), (written) => {
        expect(tokenizer.encode(written).every((id) => id >= 0 && id < modelConfig.vocabSize)).toBe(true);
      }),
    );
  });

  it('leaves special tokens and unknown ids out of a text', () => {
    const { bos, eos, pad } = modelConfig.tokens;
    expect(tokenizer.decode([bos, ...tokenizer.encode('hi'), eos, pad, pad, 999_999])).toBe(' hi');
    expect(tokenizer.decode([eos])).toBe('');
    expect(tokenizer.decode([])).toBe('');
  });

  it('puts U+FFFD for half a surrogate pair and for bytes that are no UTF-8', () => {
    expect(tokenizer.encode('\ud83d')).toEqual(tokenizer.encode('\ufffd'));
    const broken = tokenizer.encode('👍').slice(0, -1);
    expect(tokenizer.decode(broken)).toMatch(/^ \ufffd+$/);
  });

  it('keeps spaces before punctuation and a byte order mark', () => {
    expect(tokenizer.decode(tokenizer.encode("a , b . c 's"))).toBe(" a , b . c 's");
    expect(tokenizer.decode(tokenizer.encode('\ufeffa'))).toBe(' \ufeffa');
  });

  it('takes for white space what Unicode does, and not what JavaScript does', () => {
    // A vocabulary without merges between them: only the split can join the bytes.
    const bytes = ['Ġ', 'ï', '»', '¿', 'Â', 'ħ', '!', 'ï»', 'ï»¿', 'ï»¿!', 'Âħ', 'Âħ!'];
    const vocab = Object.fromEntries(bytes.map((token, id) => [token, id]));
    const merges = ['ï »', 'ï» ¿', 'ï»¿ !', 'Â ħ', 'Âħ !'].map((merge) => merge.split(' ') as Merge);
    const small = createTokenizer(byteLevelTokenizerJson(vocab, merges));
    expect(small.encode('\ufeff!')).toEqual([vocab['Ġ'], vocab['ï»¿!']]);
    expect(small.encode('\u0085!')).toEqual([vocab['Ġ'], vocab['Âħ'], vocab['!']]);
  });

  it('gives a word the same ids when it is met, remembered, forgotten and met again', () => {
    const said = "It's a well-kept secret, isn't it?";
    const first = tokenizer.encode(said);
    // A caller may do with its list what it likes.
    tokenizer.encode(said).length = 0;
    expect(tokenizer.encode(said)).toEqual(first);
    // More words than are remembered.
    for (let number = 0; number < 11_000; number++) tokenizer.encode(`w${number}`);
    expect(tokenizer.encode(said)).toEqual(first);
  });

  it.each(['a', '👍', ' ', '.', '\n', 'ab', '\ud800', '</s>'])(
    'takes a hundred thousand characters of %j in its stride',
    (unit) => {
      const startedAt = performance.now();
      tokenizer.encode(unit.repeat(100_000 / unit.length));
      // Some 0.3 s on a machine that does nothing else; quadratic time would be minutes.
      expect(performance.now() - startedAt).toBeLessThan(25_000);
    },
  );
});
