const ESCAPE_SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** Text from elsewhere as one line that cannot command the terminal. */
export function plainLine(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCES, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
