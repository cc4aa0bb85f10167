export type Language = 'shell' | 'typescript' | 'python' | 'html' | 'json';

/** In each: what is a comment, a string, a keyword, in this order. */
const PATTERNS: Record<Language, RegExp> = {
  shell: /(#.*)|("(?:[^"\\]|\\.)*"|'[^']*')|\b(curl|export)\b|(?<= )-[\w-]+/g,
  typescript:
    /(\/\/.*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|\b(const|let|import|from|await|async|new|for|of|if|return|export|type)\b/g,
  python:
    /(#.*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\b(import|from|with|as|for|in|if|def|return|None|True|False)\b/g,
  html: /(<!--[\s\S]*?-->)|("[^"]*")|(<\/?[\w-]+|\/?>)/g,
  json: /(?!)()|("(?:[^"\\\n]|\\.)*")|\b(true|false|null)\b/g,
};

/** A few colours for a snippet: enough to read it by, and nothing that could not be wrong without harm. */
export function Highlighted({ code, language }: { code: string; language: Language }) {
  const parts: (string | { kind: string; text: string })[] = [];
  let end = 0;
  for (const found of code.matchAll(PATTERNS[language])) {
    const [text, comment, string] = found;
    const kind = comment ? 'comment' : string ? 'string' : 'keyword';
    parts.push(code.slice(end, found.index), { kind, text });
    end = found.index + text.length;
  }
  parts.push(code.slice(end));
  return (
    <>
      {parts.map((part) =>
        typeof part === 'string' ? part : <span class={`code-${part.kind}`}>{part.text}</span>,
      )}
    </>
  );
}
