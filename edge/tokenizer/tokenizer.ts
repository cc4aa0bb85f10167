import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import type { ModelType } from '../../shared/model-config.ts';
import { parseTokenizer } from '../../shared/tokenizer/parse-tokenizer.ts';
import type { TokenizerJson } from '../../shared/tokenizer/tokenizer-json.ts';

/** Text to token ids and back, as the checkpoint's own tokenizer does it. Knows nothing of conversations. */
export interface Tokenizer {
  /** The family of models that have this kind of tokenizer. */
  family: ModelType;
  /**
   * Ids of a text, without start or end token. All of it is text: "</s>" typed by a person is four letters.
   */
  encode(text: string): number[];
  /** Text of ids, without special tokens and ids that are none. Bytes that are no UTF-8 become U+FFFD. */
  decode(ids: number[]): string;
  /** The id of a token that the vocabulary has. */
  tokenId(token: string): number;
}

// GPT-2's pattern, as the Rust library has it in `ByteLevel`.
const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * @param tokenizerJson tokenizer.json, parsed
 * @throws {TokenizerError} for a tokenizer of another kind than BlenderBots have
 */
export function createTokenizer(tokenizerJson: unknown): Tokenizer {
  const { family, json } = parseTokenizer(tokenizerJson);
  const isByteLevel = json.pre_tokenizer.type === 'ByteLevel';
  const library = new LibraryTokenizer(asLibraryJson(json, isByteLevel), {
    clean_up_tokenization_spaces: false,
  });
  const prefixesSpace = isByteLevel && json.pre_tokenizer.add_prefix_space !== false;
  const special = new Set((json.added_tokens ?? []).filter((token) => token.special).map(({ id }) => id));

  return {
    family,
    encode(text) {
      // The Rust library does not put a space before nothing.
      if (text === '') return [];
      const prefixed = prefixesSpace && !text.startsWith(' ') ? ` ${text}` : text;
      return library.encode(prefixed, { add_special_tokens: false }).ids;
    },
    decode(ids) {
      const ordinary = ids.filter((id) => !special.has(id) && library.id_to_token(id) !== undefined);
      return ordinary.length === 0 ? '' : library.decode(ordinary);
    },
    tokenId(token) {
      const id = library.token_to_id(token);
      if (id === undefined)
        throw new Error(`The tokenizer has no token ${JSON.stringify(token)}. This is a bug.`);
      return id;
    },
  };
}

/** The same tokenizer without added tokens, so that "</s>" in a text is not looked for. */
function asLibraryJson(json: TokenizerJson, isByteLevel: boolean): object {
  const pre_tokenizer = isByteLevel ? asLibraryByteLevel(json.pre_tokenizer) : json.pre_tokenizer;
  return { normalizer: null, ...json, added_tokens: [], post_processor: null, pre_tokenizer };
}

/**
 * `ByteLevel` in words that the JavaScript library understands as the Rust one does. It splits with JavaScript's `\s`,
 * which takes U+FEFF for a space and U+0085 not; its `Split` reads `\s` as Rust does, so the pattern moves there, and the
 * prefix space (once a text, not once a piece) into `encode`.
 */
function asLibraryByteLevel(byteLevel: TokenizerJson['pre_tokenizer']): object {
  const bytes = { ...byteLevel, add_prefix_space: false, use_regex: false };
  const split = { type: 'Split', pattern: { Regex: GPT2_PATTERN }, behavior: 'Isolated', invert: false };
  return { type: 'Sequence', pretokenizers: byteLevel.use_regex === false ? [bytes] : [split, bytes] };
}
