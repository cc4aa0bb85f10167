import { isAbsolute, join, normalize } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, parseModelReference } from '../../../infra/hub/model-reference.ts';

describe('a reference to a model', () => {
  const accepted: [text: string, id: string, revision?: string][] = [
    ['facebook/blenderbot-400M-distill', 'facebook/blenderbot-400M-distill'],
    ['gpt2', 'gpt2'],
    ['a/b_c.d-e', 'a/b_c.d-e'],
    ['facebook/blenderbot-3B@main', 'facebook/blenderbot-3B', 'main'],
    ['facebook/blenderbot-3B@refs/pr/1', 'facebook/blenderbot-3B', 'refs/pr/1'],
    ['facebook/blenderbot-3B@v1.0+x', 'facebook/blenderbot-3B', 'v1.0+x'],
  ];
  for (const [text, id, revision] of accepted) {
    it(`is ${text}`, () => {
      expect(parseModelReference(text)).toEqual({ id, revision });
      expect(formatReference({ id, revision })).toBe(text);
    });
  }

  const refused = [
    '',
    '/',
    '..',
    '../x',
    'a/..',
    'a/../b',
    '/etc/passwd',
    './x',
    'a/b/c',
    'a//b',
    'a--b/c',
    'a/b.git',
    '.a/b',
    'a/-b',
    'a/b.',
    'a\\b',
    'a b',
    'a/b\n',
    `a/${'b'.repeat(100)}`,
    'a/b@',
    'a/b@..',
    'a/b@../../x',
    'a/b@/x',
    'a/b@x/',
    'a/b@x//y',
    'a/b@.hidden',
    'a/b@x/.hidden',
    'a/b@x y',
    'a/b@x@y',
    `a/b@${'x'.repeat(300)}`,
  ];
  for (const text of refused) {
    it(`is not ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(parseModelReference(text)).toBe(undefined);
    });
  }

  it('never leads out of a folder that it becomes a path in', () => {
    const anything = fc.stringMatching(/^[a-z./@\\-]{1,12}$/);
    fc.assert(
      fc.property(anything, (text) => {
        const reference = parseModelReference(text);
        for (const path of [reference?.id, reference?.revision]) {
          if (path === undefined) continue;
          expect(isAbsolute(path)).toBe(false);
          expect(join('folder', path)).toBe(normalize(`folder/${path}`));
          expect(join('folder', path).startsWith('folder/')).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
