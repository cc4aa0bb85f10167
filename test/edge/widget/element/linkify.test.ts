import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkify } from '../../../../edge/widget/element/linkify.ts';

describe('linkify', () => {
  it.each([
    ['see https://example.com.', 'https://example.com', 'https://example.com'],
    ['(https://example.com/a_(b))', 'https://example.com/a_(b)', 'https://example.com/a_(b)'],
    ['is it www.example.com/x?y=1!', 'www.example.com/x?y=1', 'https://www.example.com/x?y=1'],
    [
      'write to ann.b+c@mail.example.org, please',
      'ann.b+c@mail.example.org',
      'mailto:ann.b+c@mail.example.org',
    ],
    ['HTTP://EXAMPLE.COM', 'HTTP://EXAMPLE.COM', 'HTTP://EXAMPLE.COM'],
    ['见 https://example.com。', 'https://example.com', 'https://example.com'],
    ['“https://example.com/ü”', 'https://example.com/ü”', 'https://example.com/ü”'],
  ])('finds the link of %j', (text, shown, href) => {
    expect(linkify(text).filter((piece) => piece.href)).toEqual([{ text: shown, href }]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'no link',
    'a@b',
    'http://',
    'file:///etc/passwd',
    'www.',
    '',
  ])('makes no link of %j', (text) => {
    expect(linkify(text).some(({ href }) => href)).toBe(false);
  });

  // Some took minutes where the work grew with the square of the length.
  it.each(['a', ')', '.', 'a@', 'www.'])('reads a long run of %j at once', (piece) => {
    const text = `https://a${piece.repeat(400_000)} ${piece.repeat(400_000)}`;
    expect(
      linkify(text)
        .map((found) => found.text)
        .join(''),
    ).toBe(text);
  });

  const part = fc.constantFrom(
    'https://',
    'www.',
    'a.b',
    '@',
    '(',
    ')',
    '.',
    ' ',
    '\n',
    'ü',
    'javascript:',
    '"',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => parts.join('')),
  );

  it('loses and adds nothing', () => {
    const joined = (value: string) =>
      linkify(value)
        .map((piece) => piece.text)
        .join('');
    fc.assert(fc.property(text, (value) => joined(value) === value));
  });

  it('links to nothing but pages and e-mail', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const { href } of linkify(value)) if (href) expect(href).toMatch(/^(https?:|mailto:)/i);
      }),
    );
  });
});
