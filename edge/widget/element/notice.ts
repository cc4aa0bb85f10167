import type { ChatState } from '../client/chat.ts';
import { el } from './dom.ts';
import { explain } from './explain.ts';
import type { Wording } from './message-view.ts';

const TICK_MS = 1_000;

/** One line above the field: there is no connection, it is to wait, or why the latest message has failed. */
export class Notice {
  readonly element: HTMLElement;
  readonly #wording: Wording;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(wording: Wording) {
    this.#wording = wording;
    this.element = el('div', { part: 'notice', class: 'notice', role: 'status' });
  }

  render(state: ChatState): void {
    clearTimeout(this.#timer);
    const { words } = this.#wording;
    const latest = state.messages.findLast(({ role }) => role === 'user');
    const error = latest?.status === 'failed' || latest?.status === 'queued' ? latest.error : undefined;
    if (!state.online) this.#show(words.offline);
    else if (error === undefined) this.#show('');
    else {
      const { text, isCountdown } = explain(error, { ...this.#wording, now: Date.now() });
      // Said once: a clock that is read out every second is no help.
      const isSaid = isCountdown && this.element.textContent !== '';
      this.element.setAttribute('aria-live', isSaid ? 'off' : 'polite');
      this.#show(text);
      if (isCountdown) this.#timer = setTimeout(() => this.render(state), TICK_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Empty, it takes no space, and is there: what appears together with its words is not read out everywhere. */
  #show(text: string): void {
    if (this.element.textContent !== text) this.element.textContent = text;
  }
}
