import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationCodec, encodeConversation } from '../../../edge/conversation/encoding.ts';
import { packConversation } from '../../../edge/conversation/packing.ts';

// One token a word, so that lengths can be counted by eye: the word's own number, or its length.
const EOS = 2;
const words: ConversationCodec = {
  encode: (text) =>
    text.split(/\s+/).map((word) => (/^\d+$/.test(word) ? Number(word) : 1_000 + word.length)),
  separator: [0, 0],
  end: [EOS],
  read: (ids) => ids.join(' '),
};
const codec = (maxPositions: number) => ({ ...words, maxPositions });
// "your persona: 10" is three words.
const PERSONA = [1_004, 1_008, 10];

describe('encodeConversation', () => {
  it('joins the persona and the turns by the separator, and ends with the end token', () => {
    const ids = encodeConversation({ persona: ['10'], turns: ['20', ' 21 22 '] }, codec(128));
    expect(ids).toEqual([...PERSONA, 0, 0, 20, 0, 0, 21, 22, EOS]);
  });

  it('has no part for a missing persona', () => {
    expect(encodeConversation({ persona: [], turns: ['20'] }, codec(128))).toEqual([20, EOS]);
  });
});

describe('packConversation', () => {
  it.each([
    {
      fits: 'all of it',
      maxPositions: 15,
      ids: [...PERSONA, 0, 0, 20, 21, 0, 0, 22, 0, 0, 23, EOS],
      droppedTurns: 0,
    },
    {
      fits: 'all but the oldest',
      maxPositions: 13,
      ids: [...PERSONA, 0, 0, 22, 0, 0, 23, EOS],
      droppedTurns: 1,
    },
    { fits: 'the newest alone', maxPositions: 9, ids: [...PERSONA, 0, 0, 23, EOS], droppedTurns: 2 },
  ])(
    'keeps the persona and drops whole turns, oldest first: $fits',
    ({ maxPositions, ids, droppedTurns }) => {
      const packed = packConversation({ persona: ['10'], turns: ['20 21', '22', '23'] }, codec(maxPositions));
      expect(packed).toEqual({ ids, droppedTurns, truncated: false });
    },
  );

  it('keeps no turn older than one that did not fit', () => {
    const packed = packConversation({ persona: [], turns: ['1', '2 3 4 5 6 7 8', '9'] }, codec(8));
    expect(packed).toEqual({ ids: [9, EOS], droppedTurns: 2, truncated: false });
  });

  it('cuts the newest turn from its left where it does not fit, and says so', () => {
    const packed = packConversation({ persona: ['10'], turns: ['5', '20 21 22 23'] }, codec(8));
    expect(packed).toEqual({ ids: [...PERSONA, 0, 0, 22, 23, EOS], droppedTurns: 1, truncated: true });
  });

  it('encodes only the end of a turn that is far too long', () => {
    const seen: number[] = [];
    const encode = (text: string) => {
      seen.push(text.length);
      return words.encode(text);
    };
    const endless = '21 '.repeat(100_000);
    const newest = packConversation({ persona: [], turns: [endless] }, { ...codec(4), encode });
    expect(newest).toEqual({ ids: [21, 21, 21, EOS], droppedTurns: 0, truncated: true });
    const older = packConversation({ persona: [], turns: [endless, '9'] }, { ...codec(4), encode });
    expect(older).toEqual({ ids: [9, EOS], droppedTurns: 1, truncated: false });
    expect(Math.max(...seen)).toBeLessThan(100);
  });

  it('says that a turn was cut even where its end alone would fit', () => {
    const turns = [`1 ${'2'.repeat(70)}`];
    expect(packConversation({ persona: [], turns }, codec(4)).truncated).toBe(true);
  });

  it('leaves empty turns out', () => {
    expect(packConversation({ persona: [], turns: ['20', ' ', '21'] }, codec(128)).ids).toEqual([
      20,
      0,
      0,
      21,
      EOS,
    ]);
  });

  it('does not encode turns that cannot fit', () => {
    const seen: string[] = [];
    const encode = (text: string) => {
      seen.push(text);
      return words.encode(text);
    };
    const turns = Array.from({ length: 1_000 }, (_, index) => `${index + 10} 5 5`);
    packConversation({ persona: [], turns }, { ...codec(20), encode });
    expect(seen.length).toBeLessThan(6);
  });

  const conversation = fc.record({
    persona: fc.array(fc.constantFrom('10', '11 12'), { maxLength: 3 }),
    turns: fc.array(fc.array(fc.integer({ min: 20, max: 99 }), { minLength: 1, maxLength: 30 }), {
      minLength: 1,
      maxLength: 12,
    }),
  });

  it('always fits, ends with the end token and holds the end of the conversation', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 20, max: 128 }), ({ persona, turns }, maxPositions) => {
        const texts = turns.map((turn) => turn.join(' '));
        const { ids, droppedTurns, truncated } = packConversation(
          { persona, turns: texts },
          codec(maxPositions),
        );
        expect(ids.length).toBeLessThanOrEqual(maxPositions);
        expect(ids.at(-1)).toBe(EOS);
        const kept = texts.slice(droppedTurns);
        const whole = encodeConversation({ persona, turns: kept }, codec(maxPositions));
        if (truncated) {
          expect(kept).toHaveLength(1);
          expect(ids).toHaveLength(maxPositions);
        } else {
          expect(ids).toEqual(whole);
        }
      }),
    );
  });

  it('drops no turn that would fit', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 20, max: 128 }), ({ persona, turns }, maxPositions) => {
        const texts = turns.map((turn) => turn.join(' '));
        const { droppedTurns } = packConversation({ persona, turns: texts }, codec(maxPositions));
        if (droppedTurns === 0) return;
        const more = encodeConversation(
          { persona, turns: texts.slice(droppedTurns - 1) },
          codec(maxPositions),
        );
        expect(more.length).toBeGreaterThan(maxPositions);
      }),
    );
  });
});
