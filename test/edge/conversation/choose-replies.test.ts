import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseReplies, saidBefore } from '../../../edge/conversation/choose-replies.ts';
import type { Reply } from '../../../edge/conversation/reply.ts';

const reply = (text: string): Reply => ({ ...BLANK, text });
const BLANK: Reply = { text: '', ids: [], logprobs: null, finishReason: 'stop' };
const candidates = ['a', 'b', 'c', 'd'].map(reply);
const oneOf = (letters: string) => (text: string) => letters.includes(text);

describe('chooseReplies', () => {
  it.each([
    { name: 'the best', wishes: { count: 2 }, texts: 'ab', unsafe: 0 },
    {
      name: 'the next best for one that is unsafe',
      wishes: { count: 2, isUnsafe: oneOf('a') },
      texts: 'bc',
      unsafe: 1,
    },
    {
      name: 'another for one that was given before',
      wishes: { count: 1, isSaid: oneOf('a') },
      texts: 'b',
      unsafe: 0,
    },
    {
      name: 'one that was given before where nothing else is left',
      wishes: { count: 1, isSaid: oneOf('abcd') },
      texts: 'a',
      unsafe: 0,
    },
    {
      name: 'a repeated reply rather than an unsafe one',
      wishes: { count: 1, isSaid: oneOf('a'), isUnsafe: oneOf('bcd') },
      texts: 'a',
      unsafe: 3,
    },
    {
      name: 'fewer where the others are unsafe',
      wishes: { count: 3, isUnsafe: oneOf('abd') },
      texts: 'c',
      unsafe: 3,
    },
    {
      name: 'none where all are unsafe',
      wishes: { count: 1, isUnsafe: oneOf('abcd') },
      texts: '',
      unsafe: 4,
    },
    {
      name: 'the best first, whichever was passed over',
      wishes: { count: 4, isSaid: oneOf('b') },
      texts: 'abcd',
      unsafe: 0,
    },
  ])('gives $name', ({ wishes, texts, unsafe }) => {
    const chosen = chooseReplies(candidates, wishes);
    expect(chosen.replies.map(({ text }) => text).join('')).toBe(texts);
    expect(chosen.unsafe).toBe(unsafe);
  });

  it('reads no more replies than it gives or passes over', () => {
    const read: string[] = [];
    const reading = candidates.values().map((candidate) => {
      read.push(candidate.text);
      return candidate;
    });
    chooseReplies(reading, { count: 1, isUnsafe: oneOf('a') });
    expect(read.join('')).toBe('ab');
  });

  it('asks for the safety of no more than it needs', () => {
    const asked: string[] = [];
    chooseReplies(candidates, { count: 1, isUnsafe: (text) => asked.push(text) > 99 });
    expect(asked).toEqual(['a']);
  });

  it('gives nothing unsafe, nothing twice, and repeats only where it must', () => {
    const letters = fc.subarray(['a', 'b', 'c', 'd']).map((list) => list.join(''));
    fc.assert(
      fc.property(letters, letters, fc.integer({ min: 1, max: 4 }), (unsafe, said, count) => {
        const { replies } = chooseReplies(candidates, {
          count,
          isUnsafe: oneOf(unsafe),
          isSaid: oneOf(said),
        });
        const given = replies.map(({ text }) => text);
        expect(new Set(given).size).toBe(given.length);
        expect(given.some(oneOf(unsafe))).toBe(false);
        const fresh = [...'abcd'].filter((text) => !unsafe.includes(text) && !said.includes(text));
        expect(given.filter((text) => fresh.includes(text))).toHaveLength(Math.min(count, fresh.length));
      }),
    );
  });
});

describe('saidBefore', () => {
  const isSaid = saidBefore(["I'm fine, thanks.", 'Do you have any pets?']);

  it.each(["I'm fine, thanks.", "i'm fine thanks!", ' I’m  fine,\nthanks '])('knows %j again', (text) => {
    expect(isSaid(text)).toBe(true);
  });

  it.each(["I'm fine.", 'Do you have pets?', ''])('takes %j for another', (text) => {
    expect(isSaid(text)).toBe(false);
  });
});
