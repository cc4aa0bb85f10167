import { describe, expect, it } from 'vitest';
import { lines, parseWords } from '../../../../edge/widget/element/attributes.ts';

describe('lines', () => {
  it.each([
    [null, undefined],
    ['', []],
    ['one', ['one']],
    ['one | two\n three ||', ['one', 'two', 'three']],
  ])('reads %j', (text, read) => {
    expect(lines(text)).toEqual(read);
  });
});

describe('parseWords', () => {
  it.each([
    [null, {}],
    ['{"title": "Ada"}', { title: 'Ada' }],
    ['{"title": 7, "send": "Go"}', { send: 'Go' }],
    ['not JSON', {}],
    ['null', {}],
    ['["a"]', { 0: 'a' }],
  ])('reads %j', (text, words) => {
    expect(parseWords(text)).toEqual(words);
  });
});
