import type { ChatChange, ChatMessage, ChatState } from '../client/chat.ts';
import type { TandemClient } from '../client/tandem-client.ts';
import type { Words } from '../words/words.ts';
import { actionsOn, connect, quietly } from './conversation.ts';
import { el, setAttribute } from './dom.ts';
import { tell } from './events.ts';
import { deepActiveElement } from './focus.ts';
import { Launcher } from './launcher.ts';
import { loadOnce } from './load-once.ts';
import { Looks } from './looks.ts';
import type { Origin } from './origin.ts';
import type { Panel, PanelOptions } from './panel.ts';
import { PanelSlot } from './panel-slot.ts';
import css from './chat.css';
import { lines } from './attributes.ts';
import { Vocabulary } from './vocabulary.ts';

const STARTERS = ['Do you have any pets?', 'What do you like to do?', 'How was your day?'];

let origin: Origin;
let sheet: CSSStyleSheet | undefined;

/** Makes `<tandem-chat>` known, unless another script has. */
export function define(from: Origin): void {
  if (customElements.get('tandem-chat')) return;
  origin = { ...from, loadPanel: loadOnce(from.loadPanel) };
  customElements.define('tandem-chat', TandemChat);
}

/** `<tandem-chat>`: a conversation as a bubble in the window's corner, in its place in the page, or as the whole page. */
export class TandemChat extends HTMLElement {
  static readonly observedAttributes = ['open', 'mode', 'lang', 'theme', 'side', 'words', 'starters'];
  /** What a script's `data-` may set. */
  static readonly settings = [...TandemChat.observedAttributes, 'key', 'url', 'persona'];

  readonly #root = el('div', { class: 'root' });
  readonly #launcher = new Launcher({
    onPress: () => (this.isOpen ? this.close() : this.open()),
    onApproach: () => void origin.loadPanel().catch(() => {}),
  });
  readonly #looks = new Looks(this, this.#root, () => this.#follow());
  readonly #vocabulary = new Vocabulary(this);
  readonly #slot = new PanelSlot({
    root: this.#root,
    loadPanel: () => origin.loadPanel(),
    options: () => this.#panelOptions(),
    isWanted: () => this.isConnected && this.isOpen,
    onFilled: (panel) => this.#onFilled(panel),
  });
  #client: TandemClient | null = null;
  /** It was opened by hand and is still to be shown. */
  #wantsFocus = false;
  /** What had the focus before the chat was opened. */
  #opener: HTMLElement | null = null;
  /** Who the model is, in sentences, in the next conversation. Set before the first message. */
  declare persona: string[] | undefined;
  /** Generation parameters, as POST /v1/sessions/{id}/messages takes them. Set before the first message. */
  declare parameters: Record<string, unknown> | undefined;

  constructor() {
    super();
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    this.#root.append(this.#launcher.element);
    shadow.append(this.#root);
    // What a page has set before the script came stands before the element's own; as it is with what is declared alone.
    const early = Object.getOwnPropertyDescriptor(this, 'words');
    if (early && Reflect.deleteProperty(this, 'words')) this.words = early.value;
  }

  connectedCallback(): void {
    this.#looks.listen();
    // Beside its words, not after them.
    if (this.isOpen) void origin.loadPanel().catch(() => {});
    this.#follow();
    this.#show();
    void this.#speak();
  }

  disconnectedCallback(): void {
    this.#looks.stop();
    this.#slot.empty();
    this.#client?.close();
    this.#client = null;
    this.#vocabulary.forget();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value || !this.isConnected) return;
    if (name === 'open') this.#show();
    else if (name === 'theme' || name === 'side') this.#follow();
    else if (name === 'lang') void this.#speak();
    else this.#rebuild();
  }

  get mode(): 'bubble' | 'inline' | 'page' {
    const mode = this.getAttribute('mode');
    return mode === 'inline' || mode === 'page' ? mode : 'bubble';
  }

  get isOpen(): boolean {
    return this.mode !== 'bubble' || this.hasAttribute('open');
  }

  /** The conversation itself, without a page. */
  get client(): TandemClient {
    if (this.#client === null) {
      this.#client = connect(this, this.#url);
      this.#client.subscribe((state, change) => this.#onChange(state, change));
    }
    return this.#client;
  }

  get messages(): readonly ChatMessage[] {
    return this.client.state.messages;
  }

  /** All that it says. Setting some replaces those; the attribute `words` does the same, as JSON. */
  get words(): Words {
    return this.#vocabulary.words;
  }

  set words(words: Partial<Words>) {
    this.#vocabulary.own = words;
    if (this.isConnected) this.#rebuild();
  }

  /** Opens a bubble and moves the focus into it. The attribute `open` opens it and leaves the focus where it is. */
  open(): void {
    const active = deepActiveElement();
    if (!this.#root.contains(active)) this.#opener = active;
    this.#wantsFocus = true;
    setAttribute(this, 'open', true);
    this.#show();
  }

  /** Closes a bubble; the focus goes back to where it was. */
  close(): void {
    const hadFocus = this.shadowRoot!.activeElement !== null;
    // Before the panel becomes inert, which would drop the focus to the page's top.
    const opener = this.#opener?.isConnected ? this.#opener : this.#launcher.element;
    this.#opener = null;
    setAttribute(this, 'open', false);
    if (hadFocus) opener.focus({ preventScroll: true });
  }

  /** Says something in the person's name. Answers the reply; rejects where it has failed. */
  send(text: string): Promise<ChatMessage> {
    return this.client.send(text);
  }

  /** Begins a new conversation, and erases this one. */
  reset(): Promise<void> {
    return this.client.reset();
  }

  /** Says who the person is: short texts that are kept with the session. */
  identify(person: Record<string, string>): Promise<void> {
    return this.client.identify(person);
  }

  get #url(): string {
    return (this.getAttribute('url') ?? origin.url ?? location.origin).replace(/\/+$/, '');
  }

  #onChange(state: ChatState, change: ChatChange): void {
    const { panel } = this.#slot;
    panel?.render(state);
    switch (change.type) {
      case 'message':
        tell(this, 'tandem:message', change.message);
        break;
      case 'reply':
        if (this.isOpen) panel?.announce(change.message);
        else this.#root.classList.add('unread');
        this.#nameLauncher();
        tell(this, 'tandem:reply', change.message);
        break;
      case 'error':
        tell(this, 'tandem:error', change.error);
    }
  }

  /** Takes on the page's language. Until its words are there, the button stands alone, so that nothing changes before one's eyes. */
  async #speak(): Promise<void> {
    const isFirst = !this.#vocabulary.isThere;
    if (!(await this.#vocabulary.load(this.#url))) return;
    const { direction, name } = this.#vocabulary.language;
    this.#root.dir = direction;
    this.#root.lang = name;
    this.#rebuild();
    if (isFirst) tell(this, 'tandem:ready', null);
  }

  #rebuild(): void {
    this.#wantsFocus ||= this.#slot.panel?.element.contains(this.shadowRoot!.activeElement) ?? false;
    this.#slot.empty();
    this.#show();
  }

  /** Brings what is seen in line with `mode` and `open`. The panel is made when it is first opened. */
  #show(): void {
    const { mode, isOpen } = this;
    const slot = this.#slot;
    const classes = this.#root.classList;
    this.#launcher.element.hidden = mode !== 'bubble';
    for (const other of ['bubble', 'inline', 'page']) classes.toggle(`${other}-mode`, other === mode);
    if (!isOpen) slot.forgetFailure();
    else if (!slot.isFilled && this.#vocabulary.isThere) void slot.fill();
    classes.toggle('open', isOpen && slot.isFilled);
    if (slot.panel !== null) slot.panel.element.inert = !isOpen;
    if (isOpen) classes.remove('unread');
    this.#nameLauncher();
    this.#follow();
    if (!isOpen) this.#wantsFocus = false;
    if (!slot.isFilled || !this.#wantsFocus) return;
    this.#wantsFocus = false;
    slot.focus();
  }

  #onFilled(panel: Panel | null): void {
    if (panel === null) {
      // No connection, or a policy against it.
      tell(this, 'tandem:error', { code: 'network', message: 'The chat could not be loaded.' });
    } else {
      panel.render(this.client.state);
      quietly(this.client.open());
      // So that it is seen to open: a transition needs something to start from.
      panel.element.getBoundingClientRect();
    }
    this.#show();
  }

  #panelOptions(): PanelOptions {
    const { client, words } = this;
    return {
      words,
      locale: this.#vocabulary.language.locale,
      isBubble: this.mode === 'bubble',
      starters: lines(this.getAttribute('starters')) ?? STARTERS,
      actions: actionsOn(client, () => this.close()),
    };
  }

  #nameLauncher(): void {
    const { words, isOpen } = this;
    this.#launcher.name({ words, isOpen, isUnread: this.#root.classList.contains('unread') });
  }

  /** Follows what the window and the page prefer. */
  #follow(): void {
    this.#looks.follow();
    // In its place in a page the panel is no dialog, and may not say whether it is modal.
    const isModal = this.#looks.isCovering && this.mode === 'bubble';
    const { panel } = this.#slot;
    if (panel) setAttribute(panel.element, 'aria-modal', isModal && 'true');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tandem-chat': TandemChat;
  }
}
