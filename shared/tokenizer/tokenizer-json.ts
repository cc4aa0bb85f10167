/** A pair of tokens that byte-pair encoding joins. */
export type Merge = [string, string];

/** A tokenizer.json, the file format of Hugging Face's `tokenizers` library, as far as Tandem runs it. */
export interface TokenizerJson {
  added_tokens?: { id: number; content: string; special?: boolean }[] | null;
  normalizer?: object | null;
  pre_tokenizer: { type: string; add_prefix_space?: boolean; use_regex?: boolean };
  post_processor?: object | null;
  decoder: { type: string };
  model: {
    type: string;
    unk_token?: string | null;
    end_of_word_suffix?: string | null;
    /** Token → id. */
    vocab: Record<string, number>;
    /** Best first. */
    merges: (Merge | string)[];
  };
}

/** A tokenizer that the edge cannot run. The message is one line that says why, without the file's name. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
}

/** What tokenizer.json files have in common. Conversations add their own end token: there is no post-processor. */
export function tokenizerJson(
  {
    specialTokens,
    ...steps
  }: Pick<TokenizerJson, 'normalizer' | 'pre_tokenizer' | 'decoder'> & {
    specialTokens: string[];
  },
  model: Omit<TokenizerJson['model'], 'type'>,
): TokenizerJson {
  return {
    ...{ version: '1.0', truncation: null, padding: null },
    added_tokens: specialTokens
      .filter((content) => Object.hasOwn(model.vocab, content))
      .map((content) => ({
        id: model.vocab[content]!,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
    ...steps,
    post_processor: null,
    model: {
      ...{ type: 'BPE', dropout: null, continuing_subword_prefix: '', fuse_unk: false, byte_fallback: false },
      ...model,
    },
  };
}
