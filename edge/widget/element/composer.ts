import type { Words } from '../words/words.ts';
import { el, iconButton, nameButton, svg } from './dom.ts';
import { SEND, STOP } from './icons.ts';

export interface ComposerActions {
  send(text: string): void;
  stop(): void;
}

const GROWS_BY_ITSELF = CSS.supports('field-sizing', 'content');

/** The field to write in, and the one button beside it, which sends; or stops, where a reply is awaited and nothing is written. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  readonly #button: HTMLButtonElement;
  readonly #words: Words;
  readonly #actions: ComposerActions;
  #isReplying = false;
  #isStop = false;

  constructor(words: Words, actions: ComposerActions) {
    this.#words = words;
    this.#actions = actions;
    this.input = el('textarea', {
      part: 'input',
      rows: '1',
      placeholder: words.placeholder,
      'aria-label': words.input,
      enterkeyhint: 'send',
      autocomplete: 'off',
      oninput: () => this.#onInput(),
      onkeydown: (event: KeyboardEvent) => this.#onKey(event),
    });
    this.#button = iconButton('send', { icon: SEND, label: words.send, onclick: () => this.#submit() });
    this.element = el('form', { part: 'composer', class: 'composer' }, this.input, this.#button);
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.#onInput();
  }

  set isReplying(isReplying: boolean) {
    this.#isReplying = isReplying;
    this.#showButton();
  }

  get draft(): string {
    return this.input.value;
  }

  set draft(text: string) {
    this.input.value = text;
    this.#onInput();
  }

  #onInput(): void {
    // As the words run; where there are none, as the placeholder does.
    this.input.dir = this.draft === '' ? '' : 'auto';
    if (!GROWS_BY_ITSELF) {
      this.input.style.height = 'auto';
      // Nothing while it is not shown.
      if (this.input.scrollHeight > 0) this.input.style.height = `${this.input.scrollHeight}px`;
    }
    this.#showButton();
  }

  #onKey(event: KeyboardEvent): void {
    // While an input method composes a character, Enter belongs to it. Safari says so by the old code alone.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    if (this.draft.trim() !== '') this.#submit();
  }

  #submit(): void {
    const text = this.draft.trim();
    if (this.#isStop) this.#actions.stop();
    else if (text !== '') {
      this.draft = '';
      this.#actions.send(text);
    }
    this.input.focus();
  }

  #showButton(): void {
    const isEmpty = this.draft.trim() === '';
    const isStop = this.#isReplying && isEmpty;
    this.#button.classList.toggle('idle', isEmpty && !isStop);
    if (isStop === this.#isStop) return;
    this.#isStop = isStop;
    this.#button.replaceChildren(svg(isStop ? STOP : SEND));
    nameButton(this.#button, isStop ? this.#words.stop : this.#words.send);
  }
}
