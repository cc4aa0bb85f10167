import type { Tokenizer } from './tokenizer.ts';

/**
 * The ids that a text has within a reply: as a word of its own, and right behind other text where it can stand there
 * ("." as in "yes."). A model may still put it together from smaller pieces.
 */
export function spellings({ encode }: Pick<Tokenizer, 'encode'>, text: string): number[][] {
  const word = encode('a');
  const apart = encode(text);
  const joined = encode(`a${text}`);
  const attached = word.every((id, index) => joined[index] === id) ? joined.slice(word.length) : [];
  const distinct = attached.join() === apart.join() ? [apart] : [apart, attached];
  return distinct.filter((ids) => ids.length > 0);
}
