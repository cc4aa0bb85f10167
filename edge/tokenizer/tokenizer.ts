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

// GPT-2's pattern, as the Rust library has it in `ByteLevel`, whose `\s` is Unicode's: JavaScript's takes U+FEFF for a space and U+0085 not.
const GPT2_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

// As many words as the Rust library remembers, and not such long ones: made-up ones of its 256 characters would fill half of a worker's
// 128 MB, and nobody writes those twice.
const REMEMBERED_WORDS = 10_000;
const LONGEST_REMEMBERED_WORD = 32;

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
  // It remembers words too: its model is BPE, whatever the family.
  Object.assign(library.model!, { max_length_to_cache: LONGEST_REMEMBERED_WORD });
  const encodePart = (text: string) => library.encode(text, { add_special_tokens: false }).ids;
  const encode = isByteLevel ? byteLevelEncode(json.pre_tokenizer, encodePart) : encodePart;
  const special = new Set((json.added_tokens ?? []).filter((token) => token.special).map(({ id }) => id));

  return {
    family,
    // The Rust library does not put a space before nothing.
    encode: (text) => (text === '' ? [] : encode(text)),
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

/** The same tokenizer without added tokens, so that "</s>" in a text is not looked for, and without what `byteLevelEncode` does. */
function asLibraryJson(json: TokenizerJson, isByteLevel: boolean): object {
  const pre_tokenizer = isByteLevel
    ? { ...json.pre_tokenizer, add_prefix_space: false, use_regex: false }
    : json.pre_tokenizer;
  return { normalizer: null, ...json, added_tokens: [], post_processor: null, pre_tokenizer };
}

/**
 * Splits as `ByteLevel` does, and remembers words: people use the same few thousand, and to make bytes of one and look for its tokens is
 * most of what encoding costs.
 */
function byteLevelEncode(
  { add_prefix_space, use_regex }: TokenizerJson['pre_tokenizer'],
  encodeWord: (word: string) => number[],
): (text: string) => number[] {
  const remembered = new Map<string, number[]>();

  function idsOf(word: string): number[] {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const ids = encodeWord(word);
    if (word.length <= LONGEST_REMEMBERED_WORD) {
      // The oldest goes; a word that is in use is soon back.
      if (remembered.size === REMEMBERED_WORDS) remembered.delete(remembered.keys().next().value!);
      remembered.set(word, ids);
    }
    return ids;
  }

  return (text) => {
    const prefixed = add_prefix_space !== false && !text.startsWith(' ') ? ` ${text}` : text;
    const words = use_regex === false ? [prefixed] : (prefixed.match(GPT2_PATTERN) ?? []);
    return words.flatMap(idsOf);
  };
}
