import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversationCodec, encodeConversation } from '../../../edge/conversation/encoding.ts';
import { tokenizer } from '../../../edge/tokenizer/model.ts';
import { smallTokenizer, smallVocab } from '../small-tokenizer.ts';

const EOS = 2;
const conversation = { persona: ['i have a dog.', ' i like tea. '], turns: ['Hello there!', ' hi '] };
const personaText = 'your persona: i have a dog.\nyour persona: i like tea.';

describe('a conversation of Blenderbot', () => {
  it('has two lone spaces between its parts and the end token after them', () => {
    const codec = conversationCodec(tokenizer, EOS);
    const [persona, first, second] = [personaText, 'Hello there!', 'hi'].map(tokenizer.encode);
    const space = tokenizer.tokenId('Ġ');
    expect(encodeConversation(conversation, codec)).toEqual([
      ...[...persona!, space, space, ...first!, space, space, ...second!],
      EOS,
    ]);
  });
});

describe('a conversation of BlenderbotSmall', () => {
  const codec = conversationCodec(smallTokenizer, EOS);

  it('has a line feed between its parts and nothing after them', () => {
    const [persona, first, second] = [personaText, 'Hello there!', 'hi'].map(smallTokenizer.encode);
    const newline = smallVocab.__newln__;
    expect(encodeConversation(conversation, codec)).toEqual([
      ...persona!,
      newline,
      ...first!,
      newline,
      ...second!,
    ]);
  });

  it('separates a part that ends with an apostrophe, too', () => {
    const ids = encodeConversation({ persona: [], turns: ["the dogs'", 'hi'] }, codec);
    expect(smallTokenizer.decode(ids)).toBe("the dogs ' __newln__ hi");
  });

  it.each([
    ["i'm fine, thanks. and you?", "i'm fine, thanks. and you?"],
    ['Well... really?! ok', 'well... really?! ok'],
    ["you're sure that it's the dogs' food?", "you're sure that it's the dogs ' food?"],
    ['so\nyes', 'so\nyes'],
    ['hi 日本 , you', 'hi, you'],
  ])('is answered as people write: %j', (said, expected) => {
    expect(codec.read(smallTokenizer.encode(said))).toBe(expected);
  });

  it('has the same ids for a reply when it is read as a turn', () => {
    const known = fc.constantFrom(...Object.keys(smallVocab).filter((token) => !token.startsWith('__')));
    fc.assert(
      fc.property(fc.array(known, { minLength: 1 }), (tokens) => {
        // Only ids that text can have: a model may also put pieces together that the merges would join.
        const ids = smallTokenizer.encode(tokens.join(' ').replaceAll('@@ ', '').replace(/@@$/, ''));
        fc.pre(!ids.includes(smallVocab.__unk__));
        expect(smallTokenizer.encode(codec.read(ids))).toEqual(ids);
      }),
      { numRuns: 500 },
    );
  });
});
