/**
 * A long reply in parts that a channel takes: cut after a paragraph, a line, a sentence or a word where one ends in the
 * second half of a part, and between characters where none does.
 * @param maxLength as `lengthOf` counts, UTF-16 units where it is left out
 */
export function splitReply(
  text: string,
  maxLength: number,
  lengthOf: (text: string) => number = (part) => part.length,
): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (lengthOf(rest) > maxLength) {
    const fitting = longestFitting(rest, maxLength, lengthOf);
    // White space behind it may go.
    const cut = cutPoint(fitting + (/^\s/.exec(rest.slice(fitting.length))?.[0] ?? ''));
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
}

/** The longest beginning that fits, of one character at least. */
function longestFitting(text: string, maxLength: number, lengthOf: (text: string) => number): string {
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (lengthOf(text.slice(0, middle)) <= maxLength) fits = middle;
    else tooLong = middle;
  }
  const end = wholeCharacters(text, fits);
  return text.slice(0, end === 0 ? [...text][0]!.length : end);
}

const ENDS = [/\n\s*\n/g, /\n/g, /[.!?…]["'”’)\]]*\s/g, /\s/g];

/** Where to cut a beginning. */
function cutPoint(fitting: string): number {
  for (const end of ENDS) {
    const last = [...fitting.matchAll(end)].at(-1);
    const point = last === undefined ? 0 : last.index + last[0].length;
    if (point > fitting.length / 2) return point;
  }
  return fitting.length;
}

/** Made on first use: its tables are no small part of the worker's start, and few replies are long enough to be cut. */
let characters: Intl.Segmenter | null = null;

/** A length at which no character is cut in two: none that people see, or, where one alone is too long, no surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const start = characters.segment(text).containing(length)?.index ?? length;
  if (start > 0) return start;
  const code = text.charCodeAt(length - 1);
  const cutsPair = length > 0 && code >= 0xd800 && code <= 0xdbff;
  return cutsPair ? length - 1 : length;
}
