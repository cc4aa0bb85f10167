import { followVisibleArea } from './visible-area.ts';

/** Where a small window's panel covers the page: the style sheet's own condition. */
const COVERING = '(max-width: 30em), (max-height: 26em)';

/** Keeps what an element shows in line with what the page and the system prefer, and with the window. */
export class Looks {
  readonly #element: HTMLElement;
  readonly #root: HTMLElement;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #covering = matchMedia(COVERING);
  readonly #onChange: () => void;
  #stopFollowing = () => {};

  /** @param onChange the system prefers something else, or the window has another size */
  constructor(element: HTMLElement, root: HTMLElement, onChange: () => void) {
    this.#element = element;
    this.#root = root;
    this.#onChange = onChange;
  }

  /** A panel leaves nothing of the page to be seen. */
  get isCovering(): boolean {
    return this.#covering.matches;
  }

  listen(): void {
    for (const media of [this.#dark, this.#covering]) media.addEventListener('change', this.#onChange);
    this.#stopFollowing = followVisibleArea(this.#root);
  }

  stop(): void {
    for (const media of [this.#dark, this.#covering]) media.removeEventListener('change', this.#onChange);
    this.#stopFollowing();
  }

  follow(): void {
    const theme = this.#element.getAttribute('theme');
    const isDark = theme === 'dark' || (theme !== 'light' && this.#dark.matches);
    this.#root.dataset['theme'] = isDark ? 'dark' : 'light';
    this.#root.dataset['side'] = this.#element.getAttribute('side') ?? 'end';
  }
}
