import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { openShop } from './harness/shop.ts';
import { inBrowsers, PHONE } from './harness/visit.ts';
import { Widget } from './harness/widget.ts';

/** What a screen reader is given: Chromium's accessibility tree, and what live regions say. */
const shop = openShop();

interface Heard {
  role: string;
  name: string;
  /** "modal", "live", "expanded", … */
  properties: Record<string, unknown>;
}

/** All that the tree has and does not ignore, in its order. */
async function heard(page: Page): Promise<Heard[]> {
  const session = await page.createCDPSession();
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, properties = [] }) => ({
      role: role?.value ?? '',
      name: name?.value ?? '',
      properties: Object.fromEntries(properties.map(({ name, value }) => [name, value.value])),
    }));
}

const named = (all: Heard[], role: string) =>
  all.filter((node) => node.role === role).map(({ name }) => name);

inBrowsers(['chromium'], ({ visit }) => {
  it('is its button and nothing else while it is closed, also once it was open', async () => {
    const widget = new Widget(await visit(shop()));
    await widget.control('Open the chat');
    const expectClosed = async () => {
      const all = await heard(widget.page);
      expect(named(all, 'button')).toEqual(['Buy', 'Open the chat']);
      expect(all.find(({ name }) => name === 'Open the chat')!.properties).toMatchObject({
        ...{ expanded: false, hasPopup: 'dialog' },
      });
      for (const role of ['dialog', 'log', 'textbox', 'status']) expect(named(all, role), role).toEqual([]);
    };
    await expectClosed();
    await widget.talk();
    await widget.press('Close the chat');
    await widget.control('Open the chat');
    await expectClosed();
  });

  it('is a dialog with named controls and a log that says who speaks', async () => {
    const widget = await new Widget(await visit(shop())).talk();
    const all = await heard(widget.page);
    const find = (role: string) => all.find((node) => node.role === role);
    expect(find('dialog')).toMatchObject({ name: 'Tandem' });
    expect(find('textbox')).toMatchObject({ name: 'Your message' });
    // It is silent: by its role alone it would be "polite".
    expect(find('log')).toMatchObject({ name: 'Messages' });
    expect(find('log')!.properties['live'] ?? 'off').toBe('off');
    expect(named(all, 'heading')).toEqual(['A shop', 'Tandem']);
    const controls = ['New conversation', 'Make the chat larger', 'Close the chat', 'Copy', 'Send'];
    expect(new Set(named(all, 'button'))).toEqual(new Set(['Buy', ...controls]));
    const texts = named(all, 'StaticText').join(' ');
    expect(texts).toMatch(/You: .*Hello!.*Tandem: /);
  });

  it('covers what is behind it on a phone for ears too', async () => {
    const viewport = { ...PHONE, isMobile: true, hasTouch: true };
    const widget = await new Widget(await visit(shop(), { viewport })).talk();
    const dialog = (await heard(widget.page)).find(({ role }) => role === 'dialog');
    expect(dialog!.properties).toMatchObject({ modal: true });
  });

  it('says a reply once, when it is finished, however it grows', async () => {
    const page = await visit(shop(), {
      // Replies are shown word by word where motion is wanted.
      before: (page) =>
        page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'no-preference' }]),
    });
    const widget = await new Widget(page).open();
    await page.evaluate(listen);
    await widget.say('Hello!');
    const [, reply] = await widget.messages(2);
    await page.waitForFunction(() => (globalThis as unknown as Listening).announced.length > 0);
    const { announced, shown } = await page.evaluate(() => {
      const { announced, shown } = globalThis as unknown as Listening;
      return { announced, shown };
    });
    expect(announced).toEqual([`Tandem: ${reply}`]);
    // It did grow meanwhile.
    expect(shown.length).toBeGreaterThan(2);
    expect(new Set(shown.map((text) => reply!.startsWith(text)))).toEqual(new Set([true]));
  });
});

interface Listening {
  announced: string[];
  shown: string[];
}

/** Runs in the page: gathers what live regions come to say, and what the reply's text is at each change. */
function listen(): void {
  const announced: string[] = [];
  const shown: string[] = [];
  Object.assign(globalThis, { announced, shown });
  const root = document.querySelector('tandem-chat')!.shadowRoot!;
  const isLive = (element: Element) => {
    const live = element.getAttribute('aria-live') ?? (element.matches('[role=log]') ? 'polite' : null);
    return live !== 'off';
  };
  for (const region of root.querySelectorAll('[role=status], [role=alert], [role=log], [aria-live]')) {
    if (!isLive(region)) continue;
    new MutationObserver(() => {
      if (region.textContent !== '') announced.push(region.textContent);
    }).observe(region, { childList: true, characterData: true, subtree: true });
  }
  new MutationObserver(() => {
    const text = root.querySelector('[part~=message][part~=assistant] [part~=bubble]')?.textContent ?? '';
    if (text !== shown.at(-1) && text !== '') shown.push(text);
  }).observe(root.querySelector('[role=log]')!, { childList: true, characterData: true, subtree: true });
}
