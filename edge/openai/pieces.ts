import type { TokenLogprob } from './token-logprobs.ts';

/** A part of a reply as it is streamed: a word with the space before it. */
interface Piece {
  text: string;
  /** The tokens that begin in it; null where log-probabilities were not asked for. */
  tokens: TokenLogprob[] | null;
}

/** A reply cut into words. Together they are the text, and hold every token once. */
export function pieces(text: string, tokens: TokenLogprob[] | null): Piece[] {
  const words = text.match(/\s*\S+/g) ?? (text === '' ? [] : [text]);
  let start = 0;
  return words.map((word, index) => {
    const isLast = index === words.length - 1;
    const [from, to] = [start, start + word.length];
    start = to;
    const within = tokens?.filter(({ offset }) => offset >= from && (offset < to || isLast));
    return { text: word, tokens: within ?? null };
  });
}
