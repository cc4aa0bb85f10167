import type { Browser, BrowserContext, Page, Viewport } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, inject } from 'vitest';
import { type BrowserName, connectTo } from './browsers.ts';
import { moveGate } from './backend-gate.ts';

export const EDGE_URL = inject('edgeUrl');

export interface Visitor {
  browser: BrowserName;
  /** A page in a profile of its own, which is empty at the start of a test and the same for all pages of one test. */
  visit(url: string, options?: VisitOptions): Promise<Page>;
}

export interface VisitOptions {
  viewport?: Viewport;
  /** Does something with the page before it goes anywhere. */
  before?(page: Page): Promise<unknown>;
}

export const DESKTOP: Viewport = { width: 1280, height: 800 };
export const PHONE: Viewport = { width: 390, height: 844 };

/** Tests for each of these browsers that is there. */
export function inBrowsers(names: BrowserName[], tests: (visitor: Visitor) => void): void {
  for (const name of names) {
    const address = inject('browsers')[name];
    describe.skipIf(address === undefined)(`in ${name}`, () => {
      let browser: Browser;
      let profile: BrowserContext | undefined;
      beforeAll(async () => {
        browser = await connectTo(address!);
      });
      afterEach(async () => {
        await moveGate(inject('gateUrl'), 'open');
        await profile?.close();
        profile = undefined;
      });
      afterAll(() => browser?.disconnect());

      const visit = async (url: string, { viewport = DESKTOP, before }: VisitOptions = {}) => {
        profile ??= await browser.createBrowserContext();
        const page = await profile.newPage();
        page.setDefaultTimeout(20_000);
        await page.setViewport(viewport);
        await before?.(page);
        await page.goto(url);
        return page;
      };
      tests({ browser: name, visit });
    });
  }
}
