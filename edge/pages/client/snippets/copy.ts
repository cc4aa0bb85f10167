import { make } from '../dom/elements.ts';

const TOLD_MS = 2_000;

/** Gives each snippet that has none a button that copies its code. */
export function addCopyButtons(within: ParentNode = document): void {
  // Without it (a page that is not served securely) people copy by hand.
  if (!navigator.clipboard) return;
  for (const snippet of within.querySelectorAll<HTMLElement>('.snippet:not(:has(.copy))')) {
    const name = snippet.dataset['name'] ?? '';
    const button = make('button', { type: 'button', className: 'copy', ariaLabel: `Copy: ${name}` }, 'Copy');
    button.addEventListener('click', () => copy(snippet, button));
    snippet.append(button);
  }
}

async function copy(snippet: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const code = snippet.querySelector('pre')?.textContent ?? '';
  const told = await navigator.clipboard.writeText(code).then(
    () => 'Copied',
    () => 'Not allowed',
  );
  button.textContent = told;
  announce(told);
  setTimeout(() => {
    button.textContent = 'Copy';
  }, TOLD_MS);
}

/** One place for all of them: a region is heard only if it was there before its text. */
const region = make('p', { className: 'visually-hidden', role: 'status' });
document.body.append(region);

function announce(text: string): void {
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
