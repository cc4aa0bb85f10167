import { TokenizerError } from '../../../shared/tokenizer/tokenizer-json.ts';

/** The first rows of every embedding of ParlAI's. */
export const PARLAI_SPECIAL_TOKENS = ['__null__', '__start__', '__end__', '__unk__'];

/**
 * The ids of a model.dict: lines of a token, a tab and its count. ParlAI's DictionaryAgent numbers the special tokens
 * first, then the lines in their order; a token that was there already takes no number.
 * @returns token → id, which is its row in the embedding
 * @throws {TokenizerError} for a line of another form
 */
export function parseDictionary(text: string): Map<string, number> {
  const ids = new Map(PARLAI_SPECIAL_TOKENS.map((token, id) => [token, id]));
  // Python reads a lone carriage return as a line end, too.
  const lines = text.split(/\r\n?|\n/);
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const written = /^([^\t]*)\t-?\d+$/.exec(line)?.[1];
    if (written === undefined) {
      throw new TokenizerError(
        `line ${index + 1} (${JSON.stringify(line)}) is not a token, a tab and its count`,
      );
    }
    const token = asSpecialToken(withoutEscapes(written));
    if (!ids.has(token)) ids.set(token, ids.size);
  }
  return ids;
}

/**
 * The vocabulary of byte-level BPE beside a dictionary. ParlAI puts the library's tokens behind its special ones, in the
 * library's order, and what it adds (padding for fp16) behind these.
 * @param dictionary model.dict
 * @param pieces model.dict-vocab.json: the library's token → id
 * @throws {TokenizerError} where the two do not belong together
 */
export function byteLevelVocabulary(
  dictionary: Map<string, number>,
  pieces: Record<string, number>,
): Record<string, number> {
  const tokens = [...dictionary.keys()];
  for (const [piece, id] of Object.entries(pieces)) {
    const row = id + PARLAI_SPECIAL_TOKENS.length;
    // What the dictionary's escapes make of a piece with a backslash is not the piece any more.
    if (tokens[row] === undefined || tokens[row] !== withoutEscapes(piece)) {
      const found = JSON.stringify(tokens[row] ?? null);
      throw new TokenizerError(
        `its token ${row} is ${found}, where model.dict-vocab.json has ${JSON.stringify(piece)}`,
      );
    }
    tokens[row] = piece;
  }
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

function withoutEscapes(written: string): string {
  return written.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\r', '\r');
}

/** Old dictionaries have them in capitals. */
function asSpecialToken(token: string): string {
  const lower = token.toLowerCase();
  return token === token.toUpperCase() && PARLAI_SPECIAL_TOKENS.includes(lower) ? lower : token;
}
