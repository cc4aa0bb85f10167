/** What a page of Markdown links to and can be linked to at, as GitHub shows it. */
export interface MarkdownPage {
  /** Targets of links and images, as they are written. */
  links: string[];
  /** The anchors of its headings. */
  anchors: Set<string>;
}

export function readMarkdown(text: string): MarkdownPage {
  const prose = text.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} +(.+?)(?: +#+)? *$/gm)].map(([, heading]) => heading!);
  const linked = prose.replace(/(`+)[^`][\s\S]*?\1/g, '');
  const links = [...linked.matchAll(/\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\))?)>?(?:\s+"[^"]*")?\s*\)/g)];
  return { links: links.map(([, target]) => target!), anchors: anchorsOf(headings) };
}

/** GitHub's: letters, digits, "-" and "_" in lower case, "-" for each space, and a number behind what comes again. */
function anchorsOf(headings: string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const base = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = base;
    for (let times = 1; anchors.has(anchor); times++) anchor = `${base}-${times}`;
    anchors.add(anchor);
  }
  return anchors;
}
