import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversationCodec } from '../../../edge/conversation/encoding.ts';
import { cutAtStop, stoppingSequences } from '../../../edge/conversation/stop.ts';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { spellings } from '../../../edge/tokenizer/spellings.ts';
import { smallTokenizer } from '../small-tokenizer.ts';
import { asReply } from '../test-app.ts';

const codec = conversationCodec(tokenizer, modelConfig.tokens.eos);
const small = conversationCodec(smallTokenizer, 2);
const cut = (text: string, ...stop: string[]) => cutAtStop(asReply(text), { codec, stop });

describe('cutAtStop', () => {
  it.each([
    ['hello there. how are you?', ['.'], 'hello there'],
    ['hello there. how are you?', ['you', 'there'], 'hello'],
    ['hello there', ['hello'], ''],
    ['a\nb\nc', ['\n'], 'a'],
    ['never mind', ['ver m'], 'ne'],
  ])('leaves of %j with %j %j', (text, stop, left) => {
    expect(cut(text, ...stop)).toMatchObject({ text: left, stopped: true });
  });

  it('keeps the ids up to the one that completes the stop text', () => {
    const { ids } = cut('hello there. how are you?', '.');
    expect(tokenizer.decode(ids)).toBe(' hello there.');
  });

  it('keeps no id that is not needed, wherever the stop text stands', () => {
    const text = 'a b c d e f g h i j k l m n o p';
    for (const letter of text.split(' ')) {
      const { ids } = cut(text, letter);
      expect(codec.read(ids).endsWith(letter)).toBe(true);
      expect(codec.read(ids.slice(0, -1))).not.toContain(letter);
    }
  });

  it('leaves a reply alone that holds none', () => {
    const ids = asReply('hello there');
    expect(cutAtStop(ids, { codec, stop: ['x', 'Hello'] })).toEqual({
      text: 'hello there',
      ids,
      stopped: false,
    });
  });
});

describe('stoppingSequences', () => {
  it.each([
    [codec, tokenizer, '.'],
    [codec, tokenizer, '\n'],
    [codec, tokenizer, '###'],
    [codec, tokenizer, 'bye'],
    [small, smallTokenizer, '.'],
  ])('%#: are there for what can be written', (of, by, stop) => {
    expect(stoppingSequences(stop, spellings(by, stop), of).length).toBeGreaterThan(0);
  });

  it('are none where the family cannot write the text', () => {
    // It writes in lower case, and its reply has no space before a comma.
    expect(stoppingSequences('BYE', spellings(smallTokenizer, 'BYE'), small)).toEqual([]);
    expect(stoppingSequences(' ,', spellings(smallTokenizer, ' ,'), small)).toEqual([]);
  });

  it.each([
    [codec, tokenizer],
    [small, smallTokenizer],
  ])('%#: never end a reply that does not hold the text', (of, by) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 6 }), fc.string({ maxLength: 12 }), (stop, text) => {
        for (const sequence of stoppingSequences(stop, spellings(by, stop), of)) {
          const word = of.encode('a');
          const { stopped } = cutAtStop([...of.encode(`a${text}`), ...sequence, ...word], {
            codec: of,
            stop: [stop],
          });
          expect(stopped).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
