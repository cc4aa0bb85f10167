/** The frame that all charts share: one style for light and dark pages, a transparent ground. */
export function svgDocument({
  width,
  height,
  title,
  body,
}: {
  width: number;
  height: number;
  title: string;
  body: string[];
}): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

export interface TextPlace {
  x: number;
  y: number;
  /** Classes of the style: `heading`, `quiet`, `end`, `middle`. */
  kind?: string;
}

export function text(words: string, { x, y, kind = '' }: TextPlace): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${kind}">${escapeMarkup(words)}</text>`;
}

/** Tenths of a pixel are enough, and keep the files small. */
export function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function escapeMarkup(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
.heading { font-weight: 600; font-size: 12px; }
.quiet { fill: #57606a; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.own { fill: #1a7f64; }
.other { fill: #8c959f; }
.limit { stroke: #bc4c00; stroke-width: 2; }
.axis { stroke: #8c959f; stroke-width: 1; }
.line { fill: none; stroke: #1a7f64; stroke-width: 2; }
.other-line { stroke: #8c959f; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.quiet { fill: #9198a1; }
.own { fill: #3fb68b; }
.other { fill: #6e7681; }
.limit { stroke: #f0883e; }
.axis { stroke: #6e7681; }
.line { stroke: #3fb68b; }
.other-line { stroke: #6e7681; }
}`;
