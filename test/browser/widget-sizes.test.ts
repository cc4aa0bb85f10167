import type { Page } from 'puppeteer-core';
import { expect, inject, it } from 'vitest';
import ar from '../../edge/widget/words/ar.ts';
import de from '../../edge/widget/words/de.ts';
import es from '../../edge/widget/words/es.ts';
import fr from '../../edge/widget/words/fr.ts';
import ja from '../../edge/widget/words/ja.ts';
import { ENGLISH } from '../../edge/widget/words/words.ts';
import zh from '../../edge/widget/words/zh.ts';
import { expectAccessible } from './harness/accessibility.ts';
import { moveGate } from './harness/backend-gate.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { openShop } from './harness/shop.ts';
import { inBrowsers, PHONE } from './harness/visit.ts';
import { Widget } from './harness/widget.ts';

/** Windows, fingers and words of all sizes. */
const shop = openShop();

const TOUCH = { ...PHONE, isMobile: true, hasTouch: true };
const NARROWEST = { width: 320, height: 640 };

/** What the person needs is in the window, and nothing sticks out of it to the side. */
async function expectWhole(widget: Widget): Promise<void> {
  const { left, top, right, bottom, width, height } = await widget.panel();
  expect(Math.min(left, top, width - right, height - bottom)).toBeGreaterThanOrEqual(0);
  const field = await (await widget.control('Your message')).boundingBox();
  expect(field!.y + field!.height).toBeLessThanOrEqual(height);
  expect(await overflowing(widget.page)).toEqual([]);
}

/** What is wider than its place, in the page or in the widget, be it cut or scrolled. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('tandem-chat')!.shadowRoot!;
    const shown = [...root.querySelectorAll<HTMLElement>('*')].filter(
      (element) =>
        element instanceof HTMLElement &&
        element.checkVisibility({ visibilityProperty: true }) &&
        element.closest('.hidden') === null,
    );
    return [document.documentElement, ...shown]
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
      .map((element) => `${element.className || element.localName}: ${element.textContent.slice(0, 60)}`);
  });
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('breaks a word that is longer than the window', async () => {
    const widget = await new Widget(await visit(shop(), { viewport: NARROWEST })).open();
    const word = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(5);
    await widget.say(word);
    expect((await widget.messages(2))[0]).toBe(word);
    await expectWhole(widget);
    await keepScreenshot(widget.page, `widget-long-word-${browser}`);
  });

  it('has room for each of its languages in the narrowest window', async () => {
    const widget = await new Widget(await visit(shop(), { viewport: NARROWEST })).talk();
    for (const [language, words] of Object.entries({ en: ENGLISH, de, fr, es, ar, ja, zh })) {
      await widget.page.$eval('tandem-chat', (chat, lang) => chat.setAttribute('lang', lang), language);
      await widget.control(words.input);
      await widget.messages(2);
      await widget.press(words.reset);
      await widget.control(words.resetConfirm);
      expect(await overflowing(widget.page), language).toEqual([]);
      await keepScreenshot(widget.page, `widget-language-${language}-${browser}`);
    }
  });

  it('is large enough for fingers, wherever they come down on it', async () => {
    const widget = await new Widget(await visit(shop())).talk();
    await moveGate(inject('gateUrl'), 'held');
    await widget.say('Do you like music?');
    await widget.press('Stop');
    await widget.control('Try again');
    await widget.press('New conversation');
    const controls = await widget.page.evaluate(reach);
    expect(controls.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Close the chat', 'New conversation', 'Copy', 'Try again', 'Cancel', 'Send']),
    );
    expect(controls.filter(({ missed }) => missed.length > 0)).toEqual([]);
    await keepScreenshot(widget.page, `widget-controls-${browser}`);
  });
});

inBrowsers(['chromium'], ({ visit }) => {
  async function keepState({ page }: Widget, state: string): Promise<void> {
    await keepScreenshot(page, `widget-${state}`);
    await expectAccessible(page, `widget-${state}`);
  }

  it.each(['', 'data-side="start"'])('covers a phone %s', async (attributes) => {
    const widget = await new Widget(await visit(shop(attributes), { viewport: TOUCH })).talk();
    const { left, top, right, bottom, width, height } = await widget.panel();
    expect({ left, top, right, bottom }).toEqual({ left: 0, top: 0, right: width, bottom: height });
    await keepState(widget, 'phone');
  });

  it('stays above a phone’s keyboard, wherever the page is scrolled to meanwhile', async () => {
    const before = (page: Page) => page.evaluateOnNewDocument(replaceVisualViewport);
    const widget = await new Widget(await visit(shop(), { viewport: TOUCH, before })).talk();
    const seen = (area: { height: number; offsetTop: number; scale?: number }) =>
      widget.page.evaluate((area) => {
        Object.assign(visualViewport!, { scale: 1, ...area }).dispatchEvent(new Event('resize'));
      }, area);
    await seen({ height: 500, offsetTop: 60 });
    expect(await widget.panel()).toMatchObject({ top: 60, bottom: 560 });
    const field = await (await widget.control('Your message')).boundingBox();
    expect(field!.y + field!.height).toBeLessThanOrEqual(560);
    await keepScreenshot(widget.page, 'widget-phone-keyboard');
    // Who zooms in looks closer at it as it is.
    await seen({ height: 300, offsetTop: 100, scale: 2 });
    expect(await widget.panel()).toMatchObject({ top: 0, bottom: PHONE.height });
    await seen({ height: PHONE.height, offsetTop: 0 });
    expect(await widget.panel()).toMatchObject({ top: 0, bottom: PHONE.height });
  });

  it('is made larger and smaller by hand', async () => {
    const widget = await new Widget(await visit(shop())).open();
    const small = await widget.panel();
    await widget.press('Make the chat larger');
    await widget.control('Make the chat smaller');
    const large = await widget.panel();
    expect(large.right - large.left).toBeGreaterThan(small.right - small.left);
    await keepState(widget, 'large');
    await widget.press('Make the chat smaller');
    expect(await widget.panel()).toEqual(small);
  });

  it.each([
    ['200 %', { width: 640, height: 400 }],
    ['400 %', { width: 320, height: 256 }],
  ])('can be used whole at a zoom of %s', async (zoom, viewport) => {
    const widget = await new Widget(await visit(shop(), { viewport })).talk();
    await expectWhole(widget);
    await keepState(widget, `zoom-${zoom.slice(0, 3)}`);
  });
});

// These run in the page.

/** Points at each button, at its middle and as far from it as a finger's target of 44 pixels reaches. */
function reach(): { name: string; missed: string[] }[] {
  // Half of them, less the pixel that two neighbours share.
  const REACH = 21;
  const root = document.querySelector('tandem-chat')!.shadowRoot!;
  const buttons = [...root.querySelectorAll<HTMLElement>('button')].filter((button) =>
    button.checkVisibility({ visibilityProperty: true }),
  );
  return buttons.map((button) => {
    button.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { x, y, width, height } = button.getBoundingClientRect();
    const points = {
      middle: [0, 0],
      left: [-REACH, 0],
      right: [REACH, 0],
      top: [0, -REACH],
      bottom: [0, REACH],
    };
    const missed = Object.entries(points).filter(([, [dx, dy]]) => {
      const hit = root.elementFromPoint(x + width / 2 + dx!, y + height / 2 + dy!);
      return hit === null || !button.contains(hit);
    });
    return { name: button.ariaLabel ?? button.textContent, missed: missed.map(([place]) => place) };
  });
}

/** A keyboard on the screen, which no driver can raise, changes this alone. */
function replaceVisualViewport(): void {
  const area = Object.assign(new EventTarget(), { height: 844, width: 390, offsetTop: 0, scale: 1 });
  Object.defineProperty(window, 'visualViewport', { value: area });
}
