/** Where a small window's panel covers the page: the style sheet's own condition. */
const COVERING = '(max-width: 30em), (max-height: 26em)';

/** What the window and the system prefer. */
export class Preferences {
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #covering = matchMedia(COVERING);
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isDark(): boolean {
    return this.#dark.matches;
  }

  /** A panel leaves nothing of the page to be seen. */
  get isCovered(): boolean {
    return this.#covering.matches;
  }

  listen(): void {
    for (const media of [this.#dark, this.#covering]) media.addEventListener('change', this.#onChange);
  }

  stop(): void {
    for (const media of [this.#dark, this.#covering]) media.removeEventListener('change', this.#onChange);
  }
}
