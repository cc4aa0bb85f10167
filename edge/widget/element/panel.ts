import type { ChatMessage, ChatState } from '../client/chat.ts';
import { Composer, type ComposerActions } from './composer.ts';
import { el, iconButton, nameButton, svg } from './dom.ts';
import { CLOSE, DOWN, EXPAND, MARK, RESET, SHRINK } from './icons.ts';
import { MessageList } from './message-list.ts';
import css from './panel.css';
import { TimeFormat } from './times.ts';
import type { Words } from '../words/words.ts';
import { Notice } from './notice.ts';

export interface PanelActions extends ComposerActions {
  retry(id: string): void;
  reset(): void;
  close(): void;
}

export interface PanelOptions {
  words: Words;
  /** Of dates and times. */
  locale: string;
  /** A bubble's panel is a dialog that opens, grows and closes; the others are a region of the page. */
  isBubble: boolean;
  /** What an empty conversation offers to say. */
  starters: string[];
  actions: PanelActions;
}

let sheet: CSSStyleSheet | undefined;

/** One for all panels. */
export function panelSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

/** All but the button that opens it: head, log, notice and the field to write in. */
export class Panel {
  readonly element: HTMLElement;
  readonly composer: Composer;
  readonly #options: PanelOptions;
  readonly #list: MessageList;
  readonly #notice: Notice;
  readonly #log: HTMLElement;
  readonly #welcome: HTMLElement;
  readonly #confirm: HTMLElement;
  readonly #reset: HTMLButtonElement;
  /** Read out politely; the log itself is silent, since a reply grows word by word. */
  readonly #announcer: HTMLElement;

  constructor(options: PanelOptions) {
    const { words, actions, isBubble } = options;
    this.#options = options;
    const wording = { words, times: new TimeFormat(options.locale) };
    const onCopied = () => this.#say(words.copied);
    this.#list = new MessageList(wording, { retry: (id) => actions.retry(id), onCopied });
    this.#notice = new Notice(wording);
    this.composer = new Composer(words, actions);
    this.#reset = iconButton('reset', { icon: RESET, label: words.reset, onclick: () => this.#ask(true) });
    this.#welcome = this.#makeWelcome();
    this.#confirm = this.#makeConfirm();
    const log = { part: 'log', class: 'log', role: 'log', tabindex: '0', 'aria-live': 'off' };
    const bottom = el('span');
    this.#log = el(
      'div',
      { ...log, 'aria-label': words.messages },
      bottom,
      this.#list.element,
      this.#welcome,
    );
    const latest = iconButton('latest', {
      icon: DOWN,
      label: words.latest,
      onclick: () => this.#toLatest(),
    });
    latest.classList.add('latest');
    latest.hidden = true;
    const onSight = ([entry]: IntersectionObserverEntry[]) => {
      latest.hidden = entry!.isIntersecting;
    };
    new IntersectionObserver(onSight, { root: this.#log, rootMargin: '0px 0px 80px' }).observe(bottom);
    this.#announcer = el('div', { class: 'hidden', role: 'status' });
    const foot = el('div', { class: 'foot' }, this.composer.element);
    if (words.footer) foot.append(el('p', { part: 'footer', class: 'footer' }, words.footer));
    this.element = el(
      'section',
      { part: 'panel', class: 'panel', role: isBubble ? 'dialog' : 'region', 'aria-label': words.title },
      this.#makeHeader(),
      this.#confirm,
      this.#log,
      latest,
      this.#notice.element,
      foot,
      this.#announcer,
    );
    this.element.tabIndex = -1;
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  render(state: ChatState): void {
    const isEmpty = state.messages.length === 0;
    this.#list.element.hidden = isEmpty;
    this.#welcome.hidden = !isEmpty;
    this.#reset.hidden = isEmpty;
    this.#list.render(state);
    this.#notice.render(state);
    this.composer.isReplying = state.phase === 'replying';
  }

  /** Reads a finished reply out. */
  announce({ content }: ChatMessage): void {
    this.#say(`${this.#options.words.bot}: ${content || this.#options.words.empty}`);
  }

  /** Where it was opened by hand: to write at once, or, where that would raise a keyboard over it, to read. */
  focus(): void {
    const target = matchMedia('(pointer: coarse)').matches ? this.element : this.composer.input;
    target.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#notice.stop();
    this.element.remove();
  }

  #makeHeader(): HTMLElement {
    const { words, actions, isBubble } = this.#options;
    const names = el(
      'div',
      { class: 'names' },
      el('h2', { part: 'title', class: 'title' }, words.title),
      el('p', { part: 'subtitle', class: 'subtitle' }, words.subtitle),
    );
    const header = el(
      'header',
      { part: 'header', class: 'header' },
      el('div', { part: 'avatar', class: 'avatar' }, svg(MARK)),
    );
    header.append(names, this.#reset);
    if (isBubble) {
      const expand = iconButton('expand', {
        icon: EXPAND,
        label: words.expand,
        onclick: () => {
          const isLarge = this.element.parentElement!.classList.toggle('expanded');
          expand.replaceChildren(svg(isLarge ? SHRINK : EXPAND));
          nameButton(expand, isLarge ? words.shrink : words.expand);
        },
      });
      expand.classList.add('expand');
      const close = { icon: CLOSE, label: words.close, onclick: () => actions.close() } as const;
      header.append(expand, iconButton('close', close));
    }
    return header;
  }

  #makeWelcome(): HTMLElement {
    const { words, starters, actions } = this.#options;
    const offers = starters.map((text) => {
      const onclick = () => {
        this.composer.input.focus({ preventScroll: true });
        actions.send(text);
      };
      return el('button', { part: 'starter', class: 'starter', type: 'button', dir: 'auto', onclick }, text);
    });
    return el(
      'div',
      { part: 'welcome', class: 'welcome', hidden: true },
      el('div', { part: 'avatar', class: 'avatar' }, svg(MARK)),
      el('p', { part: 'greeting', class: 'greeting' }, words.greeting),
      el('p', { part: 'introduction', class: 'introduction' }, words.introduction),
      el('div', { part: 'starters', class: 'starters' }, ...offers),
    );
  }

  /** To begin anew erases what was said: that is asked first. */
  #makeConfirm(): HTMLElement {
    const { words, actions } = this.#options;
    const button = (part: string, label: string, onclick: () => void) =>
      el('button', { part, class: 'text', type: 'button', onclick }, label);
    const confirm = () => {
      this.#ask(false);
      this.composer.input.focus({ preventScroll: true });
      actions.reset();
    };
    return el(
      'div',
      { part: 'confirm', class: 'confirm', role: 'group', 'aria-label': words.resetQuestion, hidden: true },
      el('p', {}, words.resetQuestion),
      button('confirm-button', words.resetConfirm, confirm),
      button('cancel', words.cancel, () => this.#ask(false)),
    );
  }

  #ask(isAsked: boolean): void {
    this.#confirm.hidden = !isAsked;
    if (isAsked) this.#confirm.querySelector('button')!.focus();
    else this.#reset.focus();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') this.#keepFocus(event);
    if (event.key !== 'Escape' || event.isComposing) return;
    if (!this.#confirm.hidden) this.#ask(false);
    else if (this.#options.isBubble) this.#options.actions.close();
    else return;
    // It is not for a dialog of the page's that the chat may stand in.
    event.stopPropagation();
    event.preventDefault();
  }

  /** Where the panel covers the page, Tab goes round within it. */
  #keepFocus(event: KeyboardEvent): void {
    if (this.element.getAttribute('aria-modal') !== 'true') return;
    const all = this.element.querySelectorAll<HTMLElement>('button, textarea, a, [role="log"]');
    const stops = [...all].filter((stop) => stop.tabIndex >= 0 && stop.checkVisibility());
    const active = (this.element.getRootNode() as ShadowRoot).activeElement;
    const [leaves, enters] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (active !== leaves && active !== this.element) return;
    event.preventDefault();
    enters?.focus();
  }

  #toLatest(): void {
    // An upside-down log counts from its end.
    this.#log.scrollTo({ top: 0, behavior: 'smooth' });
    this.#log.focus({ preventScroll: true });
  }

  #say(text: string): void {
    // A new element, so that the same words are said again.
    this.#announcer.replaceChildren(el('p', {}, text));
  }
}
