import { staticFile } from '../static-file.ts';

/** Who the bot may be asked to be. The first is what the model says of itself. */
const PERSONAS: { name: string; facts: string[] }[] = [
  { name: 'Itself', facts: [] },
  { name: 'A baker', facts: ['i am a baker.', 'i live in lisbon.', 'i have a cat named nata.'] },
  { name: 'A pirate', facts: ['i am a pirate from jamaica.', 'i have a parrot.', 'i love the sea.'] },
  { name: 'A gardener', facts: ['i work in a garden.', 'i live in norway.', 'i have a dog named biscuit.'] },
];

/** The widget itself, where this page may use it; its script makes an element of `<tandem-chat>`. */
export function LiveChat({ chatKey, needsKey }: { chatKey: string | null; needsKey: boolean }) {
  if (needsKey && chatKey === null) {
    return (
      <div class="live closed card stack">
        <h2>The chat is not open to everybody</h2>
        <p class="muted">
          The owner of this server opens it with a publishable key for this address, as the secret{' '}
          <code>CHAT_KEY</code>. The API is open to whoever has a key.
        </p>
      </div>
    );
  }
  // Spread: by itself JSX takes `key` for its own.
  const key = chatKey === null ? {} : { key: chatKey };
  return (
    <section class="live" aria-label="Try it">
      <fieldset class="personas" id="personas" hidden>
        <legend>Talk with</legend>
        {PERSONAS.map(({ name, facts }, index) => (
          <label>
            <input type="radio" name="persona" value={facts.join('|')} checked={index === 0} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <tandem-chat mode="inline" {...key} />
      <noscript>
        <p class="callout">
          The chat needs JavaScript. All that is below does not: the API can be called from a shell.
        </p>
      </noscript>
      <script src={staticFile('widget.js').path} defer />
    </section>
  );
}

declare module 'hono/jsx/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'tandem-chat': { mode?: string; key?: string | undefined };
    }
  }
}
