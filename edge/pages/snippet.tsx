import { Highlighted, type Language } from './highlight.tsx';

export interface SnippetProps {
  /** What stands above it, or on its tab. */
  name: string;
  language: Language;
  code: string;
}

/** Code to copy. The button comes with the script that it needs (`client/copy.ts`). */
export function Snippet({ name, language, code }: SnippetProps) {
  return (
    <div class="snippet" data-name={name}>
      <p class="snippet-name">{name}</p>
      <pre tabindex={0}>
        <code>
          <Highlighted code={code} language={language} />
        </code>
      </pre>
    </div>
  );
}

/** The same in several languages: below each other, and with scripts (`client/tabs.ts`) behind tabs. */
export function Examples({ name, snippets }: { name: string; snippets: SnippetProps[] }) {
  return (
    <div class="examples" data-name={name}>
      {snippets.map((snippet) => (
        <Snippet {...snippet} />
      ))}
    </div>
  );
}
