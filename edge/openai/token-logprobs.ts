import type { Reply } from '../conversation/reply.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** A token of a reply that has a text: the end token has none. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  /** Where its text begins in the reply's. */
  offset: number;
}

/** @returns null where log-probabilities were not asked for */
export function tokenLogprobs({ ids, logprobs }: Reply, tokenizer: Tokenizer): TokenLogprob[] | null {
  if (logprobs === null) return null;
  const tokens = ids.map((id, index) => ({ token: tokenizer.decode([id]), logprob: logprobs[index]! }));
  // A reply's text is without the white space around it.
  let end = -leadingSpace(tokens);
  return tokens
    .filter(({ token }) => token !== '')
    .map(({ token, logprob }) => {
      const offset = Math.max(end, 0);
      end += token.length;
      return { token, logprob, offset };
    });
}

function leadingSpace(tokens: { token: string }[]): number {
  const text = tokens.map(({ token }) => token).join('');
  return text.length - text.trimStart().length;
}

/** OpenAI's form for a chat. */
export function chatLogprobs(tokens: TokenLogprob[] | null) {
  if (tokens === null) return null;
  const content = tokens.map(({ token, logprob }) => ({
    token,
    logprob,
    bytes: utf8(token),
    top_logprobs: [],
  }));
  return { content, refusal: null };
}

/** OpenAI's form for a completion. */
export function completionLogprobs(tokens: TokenLogprob[] | null, textOffset: number) {
  if (tokens === null) return null;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: null,
    text_offset: tokens.map(({ offset }) => textOffset + offset),
  };
}

/** null for a token that is a part of a character: its text does not tell its bytes. */
function utf8(token: string): number[] | null {
  return token.includes('\ufffd') ? null : [...new TextEncoder().encode(token)];
}
