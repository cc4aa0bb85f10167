import type { ElementHandle, Page } from 'puppeteer-core';
import { EDGE_URL } from './visit.ts';

/** The line that puts the widget on a page. @param attributes further ones: `data-mode="inline"` */
export function embed(key: string, attributes = ''): string {
  return `<script src="${EDGE_URL}/widget.js" data-key="${key}" ${attributes} defer></script>`;
}

/** The widget of a page, as who looks at it or hears it knows it: by the names of its controls. */
export class Widget {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The control of this name, once it is there to be used. */
  async control(name: string): Promise<ElementHandle<HTMLElement>> {
    const found = await this.page.waitForFunction(findControl, {}, name);
    return found.asElement() as ElementHandle<HTMLElement>;
  }

  /** Whether a control of this name can be used now. */
  has(name: string): Promise<boolean> {
    return this.page.evaluate(findControl, name).then((found) => found !== null);
  }

  async press(name: string): Promise<void> {
    await (await this.control(name)).click();
  }

  async open(): Promise<this> {
    await this.press('Open the chat');
    await this.control('Your message');
    return this;
  }

  async say(text: string): Promise<void> {
    await (await this.control('Your message')).type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until there are so many messages, all at rest. @returns their texts, oldest first */
  async messages(count: number): Promise<string[]> {
    const found = await this.page.waitForFunction(settledMessages, {}, count);
    return (await found.jsonValue()) as string[];
  }

  /** Waits until the widget shows this somewhere. @param pattern the source of a regular expression */
  async shows(pattern: string): Promise<void> {
    await this.page.waitForFunction(isShown, {}, pattern);
  }

  /** Opens it and has a first exchange, in whatever language its controls are named. */
  async talk(open = 'Open the chat'): Promise<this> {
    await this.press(open);
    await this.page.waitForFunction(() =>
      document.querySelector('tandem-chat')?.shadowRoot?.querySelector('textarea'),
    );
    await this.page.evaluate(() => {
      const chat = document.querySelector('tandem-chat') as unknown as {
        send(text: string): Promise<unknown>;
      };
      return chat.send('Hello!').then(() => {});
    });
    await this.messages(2);
    return this;
  }

  /** The panel's place in the window, and how it looks. */
  panel() {
    return this.page.evaluate(() => {
      const panel = document.querySelector('tandem-chat')!.shadowRoot!.querySelector('[part~=panel]')!;
      const { left, top, right, bottom } = panel.getBoundingClientRect();
      const { backgroundColor, direction } = getComputedStyle(panel);
      return { left, top, right, bottom, width: innerWidth, height: innerHeight, backgroundColor, direction };
    });
  }

  /** The name of what has the focus, within the widget or without. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return focused?.ariaLabel ?? focused?.id ?? '';
    });
  }
}

// Each of these runs in the page, by itself.

function findControl(name: string): HTMLElement | null {
  const root = document.querySelector('tandem-chat')?.shadowRoot;
  const controls = [...(root?.querySelectorAll<HTMLElement>('button, textarea, a[href]') ?? [])];
  return (
    controls.find(
      (control) =>
        (control.ariaLabel ?? control.textContent.trim()) === name &&
        control.checkVisibility({ visibilityProperty: true }) &&
        control.closest('[inert]') === null,
    ) ?? null
  );
}

function settledMessages(count: number): string[] | false {
  const root = document.querySelector('tandem-chat')?.shadowRoot;
  const messages = [...(root?.querySelectorAll<HTMLElement>('[part~=message]') ?? [])];
  const areSettled = messages.every(({ dataset }) => dataset['status'] === 'done');
  if (messages.length !== count || !areSettled) return false;
  return messages.map((message) => message.querySelector('[part~=bubble]')?.textContent ?? '');
}

function isShown(pattern: string): boolean {
  const root = document.querySelector('tandem-chat')?.shadowRoot;
  const texts = [...(root?.querySelectorAll<HTMLElement>('*') ?? [])];
  return texts.some((element) => element.checkVisibility() && new RegExp(pattern).test(element.textContent));
}
