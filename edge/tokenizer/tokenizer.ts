import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import type { TokenizerJson } from '../../shared/tokenizer-json.ts';

/** Text to token ids and back, as the checkpoint's own tokenizer does it. Knows nothing of conversations. */
export interface Tokenizer {
  /**
   * Ids of a text, without start or end token. All of it is text: "</s>" typed by a person is four letters.
   */
  encode(text: string): number[];
  /** Text of ids, without special and unknown ones. Bytes that are no UTF-8 become U+FFFD. */
  decode(ids: number[]): string;
  /** What stands between two parts of a conversation: a lone space, twice. */
  partSeparator: number[];
}

// GPT-2's pattern, as the Rust library has it in `ByteLevel`.
const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

// A space in the byte-level alphabet.
const SPACE = 'Ġ';

interface ByteLevel {
  type: string;
  add_prefix_space?: boolean;
  use_regex?: boolean;
}

interface AddedToken {
  id: number;
  content: string;
  special?: boolean;
}

/**
 * @param json tokenizer.json, parsed
 * @throws {Error} for a tokenizer that is not a byte-level BPE
 */
export function createTokenizer(json: TokenizerJson): Tokenizer {
  const byteLevel = json['pre_tokenizer'] as ByteLevel | null;
  if (byteLevel?.type !== 'ByteLevel') {
    throw new Error('The tokenizer.json is not of a byte-level BPE: its pre_tokenizer is not "ByteLevel".');
  }
  const library = new LibraryTokenizer(asLibraryJson(json, byteLevel), {
    clean_up_tokenization_spaces: false,
  });
  const prefixSpace = byteLevel.add_prefix_space ?? true;
  const special = specialIds(json);
  const space = library.token_to_id(SPACE);
  if (space === undefined) throw new Error('The tokenizer.json has no token for a lone space ("Ġ").');

  return {
    partSeparator: [space, space],
    encode(text) {
      // The Rust library does not put a space before nothing.
      if (text === '') return [];
      const prefixed = prefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
      return library.encode(prefixed, { add_special_tokens: false }).ids;
    },
    decode(ids) {
      const ordinary = ids.filter((id) => !special.has(id) && library.id_to_token(id) !== undefined);
      return ordinary.length === 0 ? '' : library.decode(ordinary);
    },
  };
}

/**
 * The same tokenizer in words that the JavaScript library understands as the Rust one does:
 * - its `ByteLevel` splits with JavaScript's `\s`, which takes U+FEFF for a space and U+0085 not; its `Split`
 *   reads `\s` as Rust does, so the pattern moves there, and the prefix space (once a text, not once a piece)
 *   into `encode`
 * - without added tokens, "</s>" in a text is not looked for
 */
function asLibraryJson(json: TokenizerJson, byteLevel: ByteLevel): TokenizerJson {
  const bytes = { ...byteLevel, add_prefix_space: false, use_regex: false };
  const split = { type: 'Split', pattern: { Regex: GPT2_PATTERN }, behavior: 'Isolated', invert: false };
  const pretokenizers = byteLevel.use_regex === false ? [bytes] : [split, bytes];
  return {
    ...json,
    added_tokens: [],
    post_processor: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers },
  };
}

function specialIds(json: TokenizerJson): Set<number> {
  const added = (json['added_tokens'] ?? []) as AddedToken[];
  return new Set(added.filter((token) => token.special).map((token) => token.id));
}
