import type { ChatMessage, ChatState } from '../client/chat.ts';
import { fill } from '../words/choose-words.ts';
import { el } from './dom.ts';
import { type MessageActions, MessageView, type Wording } from './message-view.ts';
import { isSameDay, isSoonAfter } from './times.ts';

/**
 * The conversation, kept in step with the state: each message has its elements once, and what did not change is not looked
 * at. A growing reply touches one text node, however long the history is.
 */
export class MessageList {
  readonly element: HTMLElement;
  readonly #items: HTMLElement;
  readonly #typing: HTMLElement;
  readonly #wording: Wording;
  readonly #actions: MessageActions;
  #views: MessageView[] = [];

  constructor(wording: Wording, actions: MessageActions) {
    this.#wording = wording;
    this.#actions = actions;
    this.#items = el('div', { class: 'items' });
    const { typing, bot } = wording.words;
    const dots = [el('i'), el('i'), el('i')];
    const label = el('span', { class: 'hidden' }, fill(typing, { name: bot }));
    this.#typing = el('div', { part: 'bubble assistant typing', class: 'typing bubble', hidden: true });
    this.#typing.append(label, ...dots);
    this.element = el('div', { class: 'list', onkeydown: onArrows }, this.#items, this.#typing);
  }

  render({ messages, phase }: ChatState): void {
    let index = 0;
    while (index < messages.length && this.#views[index]?.message.id === messages[index]!.id) {
      this.#views[index]!.update(messages[index]!);
      index++;
    }
    if (index < messages.length || index < this.#views.length) this.#renderFrom(index, messages);
    this.#typing.hidden = phase !== 'replying' || messages.at(-1)?.status === 'streaming';
  }

  /** Messages are nearly always added at the end; where one has moved, all after it are placed anew. */
  #renderFrom(start: number, messages: readonly ChatMessage[]): void {
    const known = new Map(this.#views.splice(start).map((view) => [view.message.id, view]));
    const lastKept = this.#views.at(-1)?.element;
    if (lastKept === undefined) this.#items.replaceChildren();
    else while (lastKept.nextSibling) lastKept.nextSibling.remove();
    const added = document.createDocumentFragment();
    for (const message of messages.slice(start)) {
      const before = this.#views.at(-1);
      const view = known.get(message.id) ?? new MessageView(message, this.#wording, this.#actions);
      view.update(message);
      const goesOn = isSoonAfter(before?.message, message);
      before?.place({ isTimed: !goesOn });
      view.place({ isFirst: !goesOn || before?.message.role !== message.role, isTimed: true });
      if (before === undefined || !isSameDay(before.message.createdAt, message.createdAt)) {
        added.append(this.#day(message.createdAt));
      }
      added.append(view.element);
      this.#views.push(view);
    }
    this.#items.append(added);
    this.#views.at(-1)?.place({ isTimed: true });
    this.#moveTabStop();
  }

  #day(time: number): HTMLElement {
    return el('div', { part: 'day', class: 'day' }, this.#wording.times.day(time, Date.now()));
  }

  /** One stop for Tab, at the latest reply, instead of one for each message; arrows lead from one to the other. */
  #moveTabStop(): void {
    const buttons = copyButtons(this.#items);
    this.#items.querySelector('button.copy[tabindex="0"]')?.setAttribute('tabindex', '-1');
    buttons.at(-1)?.setAttribute('tabindex', '0');
  }
}

function onArrows(event: KeyboardEvent): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const button = event.target as HTMLElement;
  if (step === undefined || !button.classList.contains('copy')) return;
  const buttons = copyButtons(event.currentTarget as HTMLElement);
  const next = buttons[buttons.indexOf(button) + step];
  if (next === undefined) return;
  event.preventDefault();
  button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function copyButtons(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>('button.copy')];
}
