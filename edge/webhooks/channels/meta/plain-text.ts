const ZERO_WIDTH_SPACE = '\u200b';

/**
 * Text whose asterisks, underscores, tildes and backticks stay what they are. Meta's apps take them for formatting where they
 * enclose something and know no escape; a space of no width inside of the first keeps them from it. Addresses stay as they are: they would lead elsewhere.
 */
export function plainText(text: string): string {
  return text.replace(/https?:\/\/\S+|([*_~`])(?=\S[^\n]*?\1)/g, (found, mark: string | undefined) =>
    mark === undefined ? found : mark + ZERO_WIDTH_SPACE,
  );
}
