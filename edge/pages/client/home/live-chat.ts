import { find } from '../dom/elements.ts';

/** What this page uses of the widget. */
interface Chat extends HTMLElement {
  reset(): Promise<void>;
}

const KEY = 'tandem.persona';

const chat = () => find<Chat>('tandem-chat');

/** The chat takes the page's theme, and not the system's alone. */
export function followTheme(): void {
  const root = document.documentElement;
  const follow = () => chat().setAttribute('theme', root.dataset['theme'] ?? 'auto');
  follow();
  new MutationObserver(follow).observe(root, { attributeFilter: ['data-theme'] });
}

/** Lets the person choose whom to talk with. Another persona is another conversation. */
export function offerPersonas(): void {
  const personas = find<HTMLFieldSetElement>('#personas');
  const choices = [...personas.querySelectorAll<HTMLInputElement>('input')];
  const before = choices.find(({ value }) => value === stored());
  if (before !== undefined) before.checked = true;
  // Before the widget's own script, which comes later, makes a chat of it.
  chat().setAttribute('persona', before?.value ?? '');
  personas.hidden = false;
  const chosen = () => choices.find(({ checked }) => checked)?.value ?? '';
  personas.addEventListener('change', () => talkWith(chosen));
}

async function talkWith(chosen: () => string): Promise<void> {
  try {
    localStorage.setItem(KEY, chosen());
  } catch {}
  await customElements.whenDefined('tandem-chat');
  await chat()
    .reset()
    .catch(() => {});
  // Who the model is, is said once, when a conversation begins: another chat begins it. Who chooses twice in haste has
  // replaced the first one meanwhile, and means the second.
  const old = chat();
  const next = old.cloneNode() as Chat;
  next.setAttribute('persona', chosen());
  old.replaceWith(next);
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
