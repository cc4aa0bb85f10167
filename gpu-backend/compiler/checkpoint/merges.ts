import { type Merge, TokenizerError } from '../../../shared/tokenizer/tokenizer-json.ts';

/**
 * merges.txt: a `#version` line, which may be missing, then one merge ("Ġ t") a line, best first.
 * @throws {TokenizerError} for a line that is no merge
 */
export function parseMerges(text: string): Merge[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line === '' || (index === 0 && line.startsWith('#version'))) return [];
    const pair = line.split(' ');
    if (pair.length === 2 && !pair.includes('')) return [pair as Merge];
    throw new TokenizerError(
      `line ${index + 1} (${JSON.stringify(line)}) is not two tokens with a space between`,
    );
  });
}

/**
 * subword-nmt's codes, which are merges of version 0.2. Before it, "</w>" was a token of its own.
 * @throws {TokenizerError} for another version, and as `parseMerges`
 */
export function parseCodes(text: string): Merge[] {
  if (!/^#version: 0\.2\s/.test(text)) throw new TokenizerError('does not begin with "#version: 0.2"');
  return parseMerges(text);
}
