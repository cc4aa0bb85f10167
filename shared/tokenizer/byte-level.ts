import { type Merge, type TokenizerJson, tokenizerJson } from './tokenizer-json.ts';

/** A space in the alphabet of byte-level BPE. */
export const BYTE_LEVEL_SPACE = 'Ġ';

const SPECIAL_TOKENS = ['<pad>', '<s>', '</s>', '<unk>'];

/**
 * The tokenizer.json of Blenderbot's byte-level BPE. A space is prefixed unless the text starts with one.
 * @param vocab token → id
 * @param merges best first
 */
export function byteLevelTokenizerJson(
  vocab: Record<string, number>,
  merges: Merge[],
  specialTokens = SPECIAL_TOKENS,
): TokenizerJson {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true };
  return tokenizerJson(
    { specialTokens, normalizer: null, pre_tokenizer: byteLevel, decoder: byteLevel },
    { unk_token: null, end_of_word_suffix: '', vocab, merges },
  );
}
