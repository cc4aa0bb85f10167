import { el } from './dom.ts';
import type { Origin, PanelModule } from './origin.ts';
import type { Panel, PanelOptions } from './panel.ts';

interface SlotParts {
  /** In a shadow tree, which gets the panel's styles. */
  root: HTMLElement;
  loadPanel: Origin['loadPanel'];
  /** Of a panel that is made now. */
  options(): PanelOptions;
  /** It may have been closed, or taken out of the page, while the panel was loaded. */
  isWanted(): boolean;
  /** Told of the panel; of null where it could not be loaded, and a line in its place says so. */
  onFilled(panel: Panel | null): void;
}

/** The place of an element's panel, which is loaded and made when it is first wanted. */
export class PanelSlot {
  panel: Panel | null = null;
  readonly #parts: SlotParts;
  /** What stands in the place of a panel that could not be loaded. */
  #missing: HTMLElement | null = null;
  #isFilling = false;
  /** What was written and not sent, while a panel is replaced. */
  #draft = '';

  constructor(parts: SlotParts) {
    this.#parts = parts;
  }

  get isFilled(): boolean {
    return (this.panel ?? this.#missing) !== null;
  }

  async fill(): Promise<void> {
    if (this.#isFilling || this.panel !== null) return;
    this.#isFilling = true;
    const panelModule = await this.#parts.loadPanel().catch(() => null);
    this.#isFilling = false;
    if (!this.#parts.isWanted()) return;
    const hadFocus = this.#missing?.matches(':focus-within');
    this.empty();
    if (panelModule === null) this.#showMissing();
    else this.#showPanel(panelModule);
    this.#parts.onFilled(this.panel);
    if (hadFocus) this.focus();
  }

  /** Keeps what is written for the next panel. */
  empty(): void {
    this.#draft = this.panel?.composer.draft ?? this.#draft;
    this.panel?.dispose();
    this.panel = null;
    this.forgetFailure();
    this.#parts.root.classList.remove('expanded');
  }

  /** So that it is tried again when it is opened again. */
  forgetFailure(): void {
    this.#missing?.remove();
    this.#missing = null;
  }

  focus(): void {
    this.panel?.focus();
    this.#missing?.querySelector('button')?.focus({ preventScroll: true });
  }

  #showPanel({ Panel, panelSheet }: PanelModule): void {
    const { root, options } = this.#parts;
    const { adoptedStyleSheets } = root.getRootNode() as ShadowRoot;
    if (!adoptedStyleSheets.includes(panelSheet())) adoptedStyleSheets.push(panelSheet());
    this.panel = new Panel(options());
    this.panel.composer.draft = this.#draft;
    this.#draft = '';
    root.prepend(this.panel.element);
  }

  #showMissing(): void {
    const { words } = this.#parts.options();
    const retry = { part: 'retry', type: 'button', onclick: () => void this.fill() };
    this.#missing = el(
      'div',
      { part: 'missing', class: 'missing', role: 'alert' },
      el('p', {}, words.missing),
      el('button', retry, words.retry),
    );
    this.#parts.root.prepend(this.#missing);
  }
}
