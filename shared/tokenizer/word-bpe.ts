import { type Merge, TokenizerError, type TokenizerJson, tokenizerJson } from './tokenizer-json.ts';

/** What ends the last piece of a word. */
export const WORD_END = '</w>';
/** A line feed is a word. What a person types as "__newln__" is not it. */
export const NEWLINE_TOKEN = `\n${WORD_END}`;
/** How texts show it. */
export const NEWLINE_NAME = '__newln__';
/** Stands for what is not in the vocabulary: it ends a word, as the original tokenizer writes it. */
export const UNKNOWN_NAME = '__unk__';

const CONTINUED = '@@';
const SPECIAL_NAMES = ['__null__', '__start__', '__end__'];
const RESERVED_NAMES = [...SPECIAL_NAMES, UNKNOWN_NAME, NEWLINE_NAME];

// transformers' BlenderbotSmallTokenizer, in the words of a tokenizer.json. `'` is a word of its own and each of
// . , ! ? ( ) begins one; only a line feed right behind something else is a word, and behind `'` there is a space.
const PIPELINE = {
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Replace', pattern: { String: "'" }, content: " ' " },
      { type: 'Replace', pattern: { Regex: '(?=[.,!?()])' }, content: ' ' },
      { type: 'Lowercase' },
    ],
  },
  pre_tokenizer: { type: 'Split', pattern: { Regex: '\\S+|(?<=\\S)\\n' }, behavior: 'Removed', invert: true },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '\n' }, content: NEWLINE_NAME },
      { type: 'BPEDecoder', suffix: WORD_END },
    ],
  },
};

/** Of two vocabularies, whether it is the one whose pieces are written "foo@@ bar". */
export function isWordVocabulary(vocab: Record<string, number>): boolean {
  return Object.hasOwn(vocab, UNKNOWN_NAME);
}

/**
 * The tokenizer.json of BlenderbotSmall's BPE within words, which subword-nmt learned. Merges that would make a reserved
 * token of letters that a person typed are left out. Others make pieces that are not in the vocabulary, on the way
 * to some that are: the Rust library refuses such a file, and without those merges other ids would come out.
 * @param vocab token → id; "foo@@" is a piece that is continued, "bar" one that ends a word
 * @param merges best first
 * @throws {TokenizerError} where the vocabulary lacks a reserved token
 */
export function wordTokenizerJson(vocab: Record<string, number>, merges: Merge[]): TokenizerJson {
  const missing = RESERVED_NAMES.find((name) => !Object.hasOwn(vocab, name));
  if (missing !== undefined) throw new TokenizerError(`has no token ${JSON.stringify(missing)}`);
  const reserved = new Set(RESERVED_NAMES.map((name) => name + WORD_END));
  const pieces = Object.entries(vocab).map(([token, id]) => [pieceOf(token), id] as const);
  return tokenizerJson(
    { specialTokens: SPECIAL_NAMES.map((name) => name + WORD_END), ...PIPELINE },
    {
      unk_token: UNKNOWN_NAME + WORD_END,
      end_of_word_suffix: WORD_END,
      vocab: Object.fromEntries(pieces),
      merges: merges.filter(([left, right]) => !reserved.has(left + right)),
    },
  );
}

function pieceOf(token: string): string {
  if (token === NEWLINE_NAME) return NEWLINE_TOKEN;
  const isContinued = token.endsWith(CONTINUED) && token !== CONTINUED;
  return isContinued ? token.slice(0, -CONTINUED.length) : token + WORD_END;
}

/** Whether text is prepared as here: another preparation gives other ids, and nothing would tell. */
export function isWordPipeline({ normalizer, pre_tokenizer, decoder }: TokenizerJson): boolean {
  return JSON.stringify({ normalizer, pre_tokenizer, decoder }) === JSON.stringify(PIPELINE);
}
