import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { type HostPage, type HostSite, startHostSite } from './harness/host-site.ts';
import { createPublishableKey } from './harness/keys.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { inBrowsers, PHONE, type VisitOptions } from './harness/visit.ts';
import { embed, Widget } from './harness/widget.ts';

/** Whoever comes: by the keyboard alone, on a phone, at night, with a magnifier, from right to left. */
let site: HostSite;
let key: string;
beforeAll(async () => {
  site = await startHostSite();
  key = await createPublishableKey(site.origin);
});
afterAll(() => site?.close());

const shop = (attributes = '', page: Partial<HostPage> = {}) =>
  site.publish({
    head: embed(key, attributes),
    body: '<main><h1>A shop</h1><button id="buy">Buy</button></main>',
    ...page,
  });

/** The panel's place in the window, and how it looks. */
const panelOf = ({ page }: Widget) =>
  page.evaluate(() => {
    const panel = document.querySelector('tandem-chat')!.shadowRoot!.querySelector('[part~=panel]')!;
    const { left, top, right, bottom } = panel.getBoundingClientRect();
    const { backgroundColor, direction } = getComputedStyle(panel);
    return { left, top, right, bottom, width: innerWidth, height: innerHeight, backgroundColor, direction };
  });

inBrowsers(['chromium', 'firefox'], ({ visit }) => {
  it('is opened, used and closed by the keyboard, and gives the focus back', async () => {
    const page = await visit(shop());
    const widget = new Widget(page);
    await widget.control('Open the chat');
    await page.keyboard.press('Tab');
    expect(await widget.focused()).toBe('buy');
    await page.keyboard.press('Tab');
    expect(await widget.focused()).toBe('Open the chat');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('tandem-chat')?.shadowRoot?.activeElement?.matches('textarea'),
    );

    await page.keyboard.type('Hello!');
    await page.keyboard.press('Enter');
    await widget.messages(2);
    expect(await widget.focused()).toBe('Your message');

    const passed: string[] = [];
    for (let pressed = 0; pressed < 12; pressed++) {
      await page.keyboard.down('Shift');
      await page.keyboard.press('Tab');
      await page.keyboard.up('Shift');
      passed.push(await widget.focused());
      const isUnheard = await page.evaluate(
        () =>
          document.querySelector('tandem-chat')?.shadowRoot?.activeElement?.closest('[aria-hidden]') != null,
      );
      expect(isUnheard, `after ${passed.join(', ')}`).toBe(false);
    }
    expect(passed).toEqual(
      expect.arrayContaining(['Copy', 'Messages', 'Close the chat', 'New conversation']),
    );

    await (await widget.control('Your message')).focus();
    await page.keyboard.press('Escape');
    expect(await widget.focused()).toBe('Open the chat');
    expect(await widget.has('Your message')).toBe(false);
  });

  it('is no place for Tab, and unread, while it is closed', async () => {
    const page = await visit(shop());
    const widget = await new Widget(page).open();
    await widget.press('Close the chat');
    await widget.control('Open the chat');
    await page.focus('#buy');
    const passed: string[] = [];
    for (let pressed = 0; pressed < 4; pressed++) {
      await page.keyboard.press('Tab');
      passed.push(await widget.focused());
    }
    expect(new Set(passed)).toEqual(
      new Set(['Open the chat', '', 'buy'].filter((name) => passed.includes(name))),
    );
    expect(passed).toContain('Open the chat');
  });
});

inBrowsers(['chromium'], ({ visit }) => {
  /** A widget that is open and has a conversation. */
  async function talkedIn(url: string, options: VisitOptions = {}, open = 'Open the chat'): Promise<Widget> {
    const widget = new Widget(await visit(url, options));
    await widget.press(open);
    await widget.page.waitForFunction(() =>
      document.querySelector('tandem-chat')?.shadowRoot?.querySelector('textarea'),
    );
    await widget.page.evaluate(() =>
      (document.querySelector('tandem-chat') as HTMLElement & { send(text: string): Promise<unknown> }).send(
        'Hello!',
      ),
    );
    await widget.messages(2);
    return widget;
  }

  async function keepState({ page }: Widget, state: string): Promise<void> {
    await keepScreenshot(page, `widget-${state}`);
    await expectAccessible(page, `widget-${state}`);
  }

  it('is read as nothing but its button while it is closed', async () => {
    const page = await visit(shop());
    await new Widget(page).control('Open the chat');
    const names: string[] = [];
    const walk = (node: { name?: string; children?: unknown[] }) => {
      names.push(node.name ?? '');
      for (const child of node.children ?? []) walk(child as typeof node);
    };
    walk((await page.accessibility.snapshot({ includeIframes: false }))!);
    expect(names).toContain('Open the chat');
    expect(names).not.toContain('Your message');
  });

  it.each(['', 'data-side="start"'])('covers a phone %s', async (attributes) => {
    const viewport = { ...PHONE, isMobile: true, hasTouch: true };
    const widget = await talkedIn(shop(attributes), { viewport });
    const { left, top, right, bottom, width, height } = await panelOf(widget);
    expect({ left, top, right, bottom }).toEqual({ left: 0, top: 0, right: width, bottom: height });
    await keepState(widget, 'phone');
  });

  it.each([
    ['200 %', { width: 640, height: 400 }],
    ['400 %', { width: 320, height: 256 }],
  ])('can be used whole at a zoom of %s', async (zoom, viewport) => {
    const widget = await talkedIn(shop(), { viewport });
    const { left, top, right, bottom, width, height } = await panelOf(widget);
    expect(Math.min(left, top, width - right, height - bottom)).toBeGreaterThanOrEqual(0);
    const field = await (await widget.control('Your message')).boundingBox();
    expect(field!.y + field!.height).toBeLessThanOrEqual(height);
    expect(
      await widget.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0);
    await keepState(widget, `zoom-${zoom.slice(0, 3)}`);
  });

  it('is dark where that is preferred, or asked for', async () => {
    const background = async (widget: Widget) => (await panelOf(widget)).backgroundColor;
    const opened = async (attributes: string, value: string) => {
      const before = (page: Widget['page']) =>
        page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      return new Widget(await visit(shop(attributes), { before })).open();
    };
    const light = await background(await opened('', 'light'));
    const preferred = await opened('', 'dark');
    const dark = await background(preferred);
    expect(dark).not.toBe(light);
    expect(await background(await opened('data-theme="dark"', 'light'))).toBe(dark);
    expect(await background(await opened('data-theme="light"', 'dark'))).toBe(light);
    await preferred.page.bringToFront();
    await preferred.say('Hello!');
    await preferred.messages(2);
    await keepState(preferred, 'dark');
  });

  it('keeps its shape in forced colors', async () => {
    const widget = await talkedIn(shop());
    const session = await widget.page.createCDPSession();
    await session.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'forced-colors', value: 'active' }],
    });
    const borders = await widget.page.evaluate(() => {
      const root = document.querySelector('tandem-chat')!.shadowRoot!;
      const parts = ['panel', 'launcher', 'bubble', 'composer'];
      return parts.map((part) => {
        const { borderStyle, outlineStyle } = getComputedStyle(root.querySelector(`[part~=${part}]`)!);
        return [part, borderStyle !== 'none' || outlineStyle !== 'none'];
      });
    });
    await keepScreenshot(widget.page, 'widget-forced-colors');
    expect(Object.fromEntries(borders)).toMatchObject({ panel: true, launcher: true, bubble: true });
  });

  it('speaks the page’s language, from right to left', async () => {
    const widget = await talkedIn(shop('', { lang: 'ar" dir="rtl' }), {}, 'فتح الدردشة');
    expect((await panelOf(widget)).direction).toBe('rtl');
    await widget.control('رسالتك');
    await keepState(widget, 'right-to-left');
  });

  it('moves unless that is not wanted', async () => {
    const moves = async (value: string) => {
      const page = await visit(shop(), {
        before: (page) => page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value }]),
      });
      await (await new Widget(page).control('Open the chat')).evaluate((button) => button.click());
      return page.evaluate(async () => {
        const root = document.querySelector('tandem-chat')!.shadowRoot!;
        let most = 0;
        const until = performance.now() + 500;
        while (performance.now() < until) {
          await new Promise(requestAnimationFrame);
          const lasting = root
            .getAnimations()
            .filter((animation) => Number(animation.effect?.getTiming().duration) > 1);
          most = Math.max(most, lasting.length);
        }
        return most;
      });
    };
    expect(await moves('no-preference')).toBeGreaterThan(0);
    expect(await moves('reduce')).toBe(0);
  });

  it.each(['inline', 'page'])('has nothing that axe finds as %s', async (mode) => {
    const page = await visit(shop(`data-mode="${mode}"`));
    const widget = new Widget(page);
    await widget.say('Hello!');
    await widget.messages(2);
    await keepState(widget, mode);
  });

  it('is large enough for fingers', async () => {
    const widget = await talkedIn(shop());
    // What is seen may be smaller than what can be touched, which lies before it.
    const small = await widget.page.evaluate(() => {
      const root = document.querySelector('tandem-chat')!.shadowRoot!;
      const size = (button: Element, side: 'width' | 'height') =>
        Math.max(
          button.getBoundingClientRect()[side],
          Number.parseFloat(getComputedStyle(button, '::before')[side]) || 0,
        );
      return [...root.querySelectorAll('button')]
        .filter((button) => button.checkVisibility({ visibilityProperty: true }))
        .filter((button) => Math.min(size(button, 'width'), size(button, 'height')) < 43.9)
        .map(({ ariaLabel, textContent }) => ariaLabel ?? textContent);
    });
    expect(small).toEqual([]);
  });
});
