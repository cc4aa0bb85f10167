/** A description with its `code`: all of Markdown that the descriptions use within a paragraph. */
export function Prose({ text }: { text: string }) {
  return (
    <p>
      <Inline text={text} />
    </p>
  );
}

export function Inline({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}
