/** Tokens that an n-gram block would have kept from coming, by their places in the reply. */
export interface Repeats {
  /** Within what came before in the reply itself: `no_repeat_ngram_size`. */
  within: Set<number>;
  /** Out of what was said before: `encoder_no_repeat_ngram_size`. */
  taken: Set<number>;
  /** How many n-grams came again in the reply. */
  count: number;
}

/** Finds the n-grams of a reply that come again in it, or that stand in what was said. Tokens are compared by their text. */
export function findRepeats(
  tokens: readonly string[],
  { size, said }: { size: number; said: readonly string[] },
): Repeats {
  const within = new Set<number>();
  const taken = new Set<number>();
  const seen = new Set<string>();
  const inSaid = new Set(ngrams(said, size));
  let count = 0;
  for (const [start, ngram] of ngrams(tokens, size).entries()) {
    const places = Array.from({ length: size }, (_, index) => start + index);
    if (seen.has(ngram)) {
      count += 1;
      for (const place of places) within.add(place);
    }
    if (inSaid.has(ngram)) for (const place of places) taken.add(place);
    seen.add(ngram);
  }
  return { within, taken, count };
}

function ngrams(tokens: readonly string[], size: number): string[] {
  if (size < 1) return [];
  const count = Math.max(0, tokens.length - size + 1);
  // No token holds what separates them here.
  return Array.from({ length: count }, (_, start) => tokens.slice(start, start + size).join('\0'));
}
