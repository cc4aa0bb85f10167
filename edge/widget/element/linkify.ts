/** A piece of a message: text, or a link with its address. */
export interface Piece {
  text: string;
  href?: string;
}

// Addresses with their scheme, those that begin with www., and e-mail's. A link is as long as it can be; what ends a sentence
// is taken off again. An e-mail's name is looked for where one begins alone: from each letter of a long word it would take
// seconds, and a page stands still meanwhile.
const LINK = /\bhttps?:\/\/[^\s<>"]+|\bwww\.[^\s<>"]+\.[^\s<>"]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const TRAILING = /[.,:;!?'"*_~\u2026\u3002\uff0c\u3001)\]}\uff09]/u;
const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{', '\uff09': '\uff08' };

/** Finds the links of a text. The pieces' texts, joined, are the text. Only http, https and mailto become links. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = withoutSentenceEnd(match[0]);
    const href = addressOf(link);
    if (href === null) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: link, href });
    end = match.index + link.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** "(see https://example.com/a_(b))." keeps the parenthesis that was opened within the address. */
function withoutSentenceEnd(link: string): string {
  const unopened: Record<string, number> = {};
  let end = link.length;
  for (; end > 0; end--) {
    const last = link[end - 1]!;
    if (!TRAILING.test(last)) break;
    const opening = OPENING[last];
    if (opening === undefined) continue;
    unopened[last] ??= count(link, last) - count(link, opening);
    if (unopened[last] <= 0) break;
    unopened[last] -= 1;
  }
  return link.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function addressOf(link: string): string | null {
  const address = /^https?:/i.test(link) ? link : /^www\./i.test(link) ? `https://${link}` : `mailto:${link}`;
  return URL.canParse(address) ? address : null;
}
