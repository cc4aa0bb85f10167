import type { ChatMessage } from '../client/chat.ts';
import type { Words } from '../words/words.ts';
import { el, nameButton, setAttribute, svg } from './dom.ts';
import { COPY, DONE } from './icons.ts';
import { linkify } from './linkify.ts';
import type { TimeFormat } from './times.ts';

export interface Wording {
  words: Words;
  times: TimeFormat;
}

export interface MessageActions {
  retry(id: string): void;
  /** Tells that a message was copied. */
  onCopied(): void;
}

const COPIED_MS = 1_500;

/** A message as it stands in the log. Only what changes is touched. */
export class MessageView {
  readonly element: HTMLElement;
  message: ChatMessage;
  readonly #wording: Wording;
  readonly #actions: MessageActions;
  readonly #bubble: HTMLElement;
  readonly #meta: HTMLElement;
  /** Of a reply that comes word by word: what it has so far. */
  #text: Text | null = null;

  constructor(message: ChatMessage, wording: Wording, actions: MessageActions) {
    const { words } = wording;
    const isReply = message.role === 'assistant';
    this.#wording = wording;
    this.#actions = actions;
    // Its own words decide how a message runs, whatever the page's language.
    this.#bubble = el('div', { part: `bubble ${message.role}`, class: 'bubble', dir: 'auto' });
    this.#meta = el('div', { part: 'meta', class: 'meta' });
    const author = el('span', { class: 'hidden' }, `${isReply ? words.bot : words.you}: `);
    const row = el('div', { class: 'row' }, this.#bubble);
    if (isReply && navigator.clipboard) row.append(this.#copyButton());
    this.element = el('div', { part: `message ${message.role}`, class: `message ${message.role}` });
    this.element.append(author, row, this.#meta);
    this.message = message;
    this.#fill();
  }

  update(message: ChatMessage): void {
    const before = this.message;
    if (before === message) return;
    this.message = message;
    if (before.content !== message.content || this.#text !== null) this.#fill();
    else this.#tell();
  }

  /** Its corners, its distance and whether its time is shown follow from what stands before and after it. */
  place({ isFirst, isTimed }: { isFirst?: boolean; isTimed?: boolean }): void {
    if (isFirst !== undefined) this.element.classList.toggle('first', isFirst);
    if (isTimed !== undefined) this.element.classList.toggle('timed', isTimed);
  }

  #fill(): void {
    const { content, role, status } = this.message;
    if (status === 'streaming') {
      if (this.#text === null) {
        this.#text = document.createTextNode('');
        this.#bubble.replaceChildren(this.#text);
      }
      const shown = this.#text.data;
      if (content.startsWith(shown)) this.#text.appendData(content.slice(shown.length));
      else this.#text.data = content;
    } else {
      this.#text = null;
      const text = content === '' && role === 'assistant' ? this.#wording.words.empty : content;
      this.#bubble.replaceChildren(
        ...linkify(text).map(({ text, href }) => (href ? link(text, href) : text)),
      );
    }
    this.#tell();
  }

  /** When it was said; of one without a reply, how it stands. */
  #tell(): void {
    const { words, times } = this.#wording;
    const { id, createdAt, status } = this.message;
    setAttribute(this.element, 'data-status', status);
    this.element.part.toggle('failed', status === 'failed');
    const time = el(
      'time',
      { part: 'time', datetime: new Date(createdAt).toISOString() },
      times.clock(createdAt),
    );
    const said: (Node | string)[] = [time];
    if (status === 'queued' || status === 'sending') said.push(` · ${words[status]}`);
    if (status === 'failed' || status === 'stopped') {
      const retry = { part: 'retry', type: 'button', class: 'text', onclick: () => this.#actions.retry(id) };
      said.splice(0, 1, words[status], ' · ', el('button', retry, words.retry));
    }
    this.#meta.replaceChildren(...said);
  }

  #copyButton(): HTMLButtonElement {
    const { words } = this.#wording;
    const button = el('button', { part: 'copy', type: 'button', class: 'copy', tabindex: '-1' }, svg(COPY));
    nameButton(button, words.copy);
    button.onclick = async () => {
      // A frame may not be allowed to.
      await navigator.clipboard.writeText(this.message.content).then(
        () => {
          button.replaceChildren(svg(DONE));
          this.#actions.onCopied();
          setTimeout(() => button.replaceChildren(svg(COPY)), COPIED_MS);
        },
        () => {},
      );
    };
    return button;
  }
}

function link(text: string, href: string): HTMLAnchorElement {
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc', part: 'link' }, text);
}
