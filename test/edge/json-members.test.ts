import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMembers, countOwnMembers } from '../../edge/json-members.ts';

describe('the members of JSON', () => {
  it('are as many in a text as in its value, where no key stands twice', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(countMembers(text)).toBe(countOwnMembers(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ['{"a": 1, "a": 2}', 2, 1],
    ['[{"b": {"a:\\":": 1, "a:\\":": ":"}}]', 3, 2],
    ['{"a": 1, "\\u0061": 2}', 2, 1],
    ['{"__proto__": 1, "constructor": 2}', 2, 2],
    ['"a:b"', 0, 0],
  ])('of %s are %i and %i', (text, written, kept) => {
    expect(countMembers(text)).toBe(written);
    expect(countOwnMembers(JSON.parse(text))).toBe(kept);
  });

  it('are counted in lists within each other', () => {
    const text = `${'['.repeat(100_000)}{"a": 1}${']'.repeat(100_000)}`;
    expect(countMembers(text)).toBe(1);
    expect(countOwnMembers(JSON.parse(text))).toBe(1);
  });
});
