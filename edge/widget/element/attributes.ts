import type { Words } from '../words/words.ts';

/** A list in an attribute: an entry to a line, or parted by "|". Undefined where there is no attribute. */
export function lines(text: string | null): string[] | undefined {
  return text?.split(/[\n|]/).flatMap((line) => line.trim() || []);
}

/** Words in an attribute, as JSON. What is no text, or is not JSON, is left out: a widget does not break over its words. */
export function parseWords(text: string | null): Partial<Words> {
  try {
    const entries = Object.entries(Object(JSON.parse(text ?? '{}')));
    return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
