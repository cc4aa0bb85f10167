import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONVERSATION_FORMATS } from '../../../edge/conversation/format.ts';
import { tokenizer } from '../../../edge/tokenizer/model.ts';
import { smallTokenizer } from '../small-tokenizer.ts';

const { tidy, readable } = CONVERSATION_FORMATS['blenderbot-small'];

describe('a reply of BlenderbotSmall, which knows no capital letters', () => {
  it.each([
    [
      "hello there. i'm fine, thanks! and you? i am, too.",
      "Hello there. I'm fine, thanks! And you? I am, too.",
    ],
    ['so am i. do you like it?', 'So am I. Do you like it?'],
    ['"yes." he said.', '"Yes." He said.'],
    ['it is i', 'It is I'],
    ['wi-fi, i.e. the network', 'Wi-fi, i.e. the network'],
    ['well... really', 'Well... Really'],
    ['3 cats. éclairs are good.', '3 cats. Éclairs are good.'],
    ['', ''],
  ])('gets those of sentences: %j', (written, expected) => {
    expect(tidy(written)).toBe(expected);
  });

  it('is read by the model as what it wrote, and is tidied once', () => {
    const piece = fc.constantFrom(
      'hello',
      'i',
      "i'm",
      'you',
      '.',
      '?',
      '!',
      ',',
      "'",
      '(',
      'like',
      'tea',
      '...',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const text = readable(pieces.join(' '));
        expect(smallTokenizer.encode(tidy(text))).toEqual(smallTokenizer.encode(text));
        expect(tidy(tidy(text))).toBe(tidy(text));
        expect(tidy(text)).toHaveLength(text.length);
      }),
    );
  });
});

describe('a reply of Blenderbot, which spells as people do', () => {
  it('is left as it is, and so has the same ids as a turn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const tidied = CONVERSATION_FORMATS.blenderbot.tidy(text);
        expect(tokenizer.encode(tidied)).toEqual(tokenizer.encode(text));
      }),
    );
  });
});
