import { expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { openShop } from './harness/shop.ts';
import { inBrowsers, type VisitOptions } from './harness/visit.ts';
import { Widget } from './harness/widget.ts';

/** Whoever comes: by the keyboard alone, at night, with colours of their own, from right to left. */
const shop = openShop();

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
  const talkedIn = async (url: string, options: VisitOptions = {}, open?: string) =>
    new Widget(await visit(url, options)).talk(open);

  async function keepState({ page }: Widget, state: string): Promise<void> {
    await keepScreenshot(page, `widget-${state}`);
    await expectAccessible(page, `widget-${state}`);
  }

  it('is dark where that is preferred, or asked for', async () => {
    const background = async (widget: Widget) => (await widget.panel()).backgroundColor;
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
    expect((await widget.panel()).direction).toBe('rtl');
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
});
