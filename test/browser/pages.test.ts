import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot, keepWholePage } from './harness/screenshots.ts';
import { DESKTOP, EDGE_URL, inBrowsers, PHONE } from './harness/visit.ts';
import { policyViolations, type Watched, watch, watchPolicy } from './harness/watch.ts';
import { expectLight } from './harness/weight.ts';

/** The reference has thousands of elements. */
const AXE_TIMEOUT_MS = 180_000;
const PAGES = ['/', '/docs', '/playground'];
/** What is left of a desktop's width at a zoom of 200 %, and the width that WCAG 1.4.10 asks for. */
const WIDTHS = { wide: 1920, zoomed: DESKTOP.width / 2, phone: PHONE.width, narrowest: 320 };

const nameOf = (path: string) => (path === '/' ? 'home' : path.slice(1).replaceAll('/', '-'));

/** The reference is so long that nobody would look at all of it. */
const keepLooks = (page: Page, name: string) =>
  name.startsWith('docs') ? keepScreenshot(page, name) : keepWholePage(page, name);

/** What sticks out of the page to the side. */
const overflowing = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  describe.each(PAGES)('%s', (path) => {
    it('asks nobody else, keeps to its policy, and is light', async () => {
      let watched!: Watched;
      const page = await visit(EDGE_URL + path, {
        before: async (page) => {
          watched = watch(page);
          await watchPolicy(page);
        },
      });
      await page.waitForNetworkIdle();
      expect(watched.problems).toEqual([]);
      expect(await policyViolations(page)).toEqual([]);
      expect(watched.requests.filter((url) => !url.startsWith(EDGE_URL) && !url.startsWith('data:'))).toEqual(
        [],
      );

      const urls = watched.responses.map((response) => response.url());
      const asked = new Set(urls.filter((url) => url.startsWith(EDGE_URL)));
      // Firefox does not hand over what it was answered.
      const bodies = [...asked].map(async (url) => [url, await (await fetch(url)).bytes()] as const);
      expectLight(nameOf(path), new Map(await Promise.all(bodies)));
    });

    it('fits into windows from narrow to wide', async () => {
      const page = await visit(EDGE_URL + path);
      for (const [name, width] of Object.entries(WIDTHS)) {
        await page.setViewport({ width, height: 800 });
        await keepLooks(page, `${nameOf(path)}-${name}-${browser}`);
        expect(await overflowing(page), name).toBe(0);
      }
    });

    it('is reached in all its parts by the keyboard, which shows where it is', async () => {
      const page = await visit(EDGE_URL + path);
      await page.waitForNetworkIdle();
      expect(await unreachable(page)).toEqual([]);
    });

    // In Firefox axe takes minutes for the reference, which is the same there.
    const isTooLong = browser === 'firefox' && path === '/docs';
    it.skipIf(isTooLong)('has nothing that axe finds', { timeout: AXE_TIMEOUT_MS }, async () => {
      const page = await visit(EDGE_URL + path);
      await page.waitForNetworkIdle();
      await keepLooks(page, `${nameOf(path)}-light-${browser}`);
      await expectAccessible(page, `${nameOf(path)}-light-${browser}`);
    });
  });
});

inBrowsers(['chromium'], ({ visit }) => {
  describe.each(PAGES)('%s', (path) => {
    it('has nothing that axe finds in the dark', { timeout: AXE_TIMEOUT_MS }, async () => {
      const page = await visit(EDGE_URL + path, {
        before: (page) => page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]),
      });
      await page.waitForNetworkIdle();
      await keepLooks(page, `${nameOf(path)}-dark`);
      await expectAccessible(page, `${nameOf(path)}-dark`);
    });
  });
});

/** Presses Tab through the page. @returns what can be clicked on and had no focus on the way, or had it unseen */
async function unreachable(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select, summary'),
    ].filter(
      (control) =>
        control.checkVisibility({ visibilityProperty: true }) &&
        !control.matches(':disabled, [tabindex="-1"]'),
    );
    // Of radio buttons, Tab reaches one of a group.
    const first = controls.filter((control) => !control.matches('input[type=radio]:not(:checked)'));
    Object.assign(globalThis, { unvisited: new Set(first), unseen: [] });
    return document.querySelectorAll('*').length;
  });
  let isThrough = false;
  for (let pressed = 0; pressed <= count && !isThrough; pressed++) {
    await page.keyboard.press('Tab');
    isThrough = await page.evaluate(() => {
      const { unvisited, unseen } = globalThis as unknown as { unvisited: Set<Element>; unseen: Element[] };
      const focused = document.activeElement as HTMLElement;
      unvisited.delete(focused);
      const { outlineStyle, boxShadow } = getComputedStyle(focused);
      const box = focused.getBoundingClientRect();
      const shown = (outlineStyle !== 'none' || boxShadow !== 'none') && box.width > 0 && box.height > 0;
      if (focused !== document.body && focused.shadowRoot === null && !shown) unseen.push(focused);
      return focused === document.body;
    });
  }
  return page.evaluate(() => {
    const { unvisited, unseen } = globalThis as unknown as { unvisited: Set<Element>; unseen: Element[] };
    const told = (element: Element) => element.outerHTML.slice(0, 120);
    return [
      ...[...unvisited].map((element) => `not reached: ${told(element)}`),
      ...unseen.map((element) => `unseen: ${told(element)}`),
    ];
  });
}
