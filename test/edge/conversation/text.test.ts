import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, isBlank } from '../../../edge/conversation/text.ts';

describe('cleanText', () => {
  it.each([
    ['hello', 'hello'],
    ['  hello \n', 'hello'],
    ['a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
    ['a\u0000b\u0008c\u001bd\u007fe', 'abcde'],
    ['a\u0080b\u009b31mc\u009f\u0085d', 'ab31mc\nd'],
    ['\ud83dx', '\ufffdx'],
    ['👨‍👩‍👧 👍🏽 🇫🇷', '👨‍👩‍👧 👍🏽 🇫🇷'],
    ['</s> <s>', '</s> <s>'],
    ['नमस्ते ไทย 日本語', 'नमस्ते ไทย 日本語'],
  ])('makes %j into %j', (typed, cleaned) => {
    expect(cleanText(typed)).toBe(cleaned);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        expect(cleanText(cleanText(typed))).toBe(cleanText(typed));
      }),
    );
  });
});

describe('isBlank', () => {
  it.each([
    '',
    ' ',
    '\n\t',
    '\u200b',
    '\ufeff',
    '\u200d\u2060',
    '\u3000',
    '\u009b\u0085\u2028',
    '\u2800\u3164\ufe0f',
    '\ufe0f\u034f',
  ])('is true of %j', (text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each(['a', '.', '👍', '\u200ba'])('is false of %j', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});
