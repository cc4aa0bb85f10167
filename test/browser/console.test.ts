import type { Page } from 'puppeteer-core';
import { expect, inject, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { DESKTOP, EDGE_URL, inBrowsers, PHONE } from './harness/visit.ts';
import { policyViolations, type Watched, watch, watchPolicy } from './harness/watch.ts';

const CONSOLE = `${EDGE_URL}/console`;

/** A conversation of somebody's, for the owner to look after. */
async function makeSession(): Promise<string> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${EDGE_URL}/v1/sessions${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: string };
  };
  const { id } = await post('', { metadata: { customer: 'ada' } });
  await post(`/${id}/messages`, { content: 'Do you like <b>tea</b>?' });
  return id;
}

/** What leads to another page, and the page. */
async function follow(page: Page, action: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForNavigation(), action()]);
}

async function logIn(page: Page, token: string): Promise<void> {
  await page.type('#token', token);
  await follow(page, () => page.keyboard.press('Enter'));
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  async function keepState(page: Page, state: string): Promise<void> {
    await keepScreenshot(page, `console-${state}-${browser}`);
    if (browser === 'chromium') await expectAccessible(page, `console-${state}`);
  }

  it('lets in who has the admin token', async () => {
    const page = await visit(`${CONSOLE}/keys`);
    await logIn(page, 'not-the-token');
    expect(await page.$eval('[role=alert]', ({ textContent }) => textContent)).toMatch(/not the admin token/);
    await keepState(page, 'login');
    await logIn(page, inject('adminToken'));
    // Where it was wanted to go.
    expect(page.url()).toBe(`${CONSOLE}/keys`);
  });

  it('finds, shows, exports and erases a session', async () => {
    const id = await makeSession();
    const page = await visit(`${CONSOLE}/sessions`);
    await logIn(page, inject('adminToken'));
    await page.type('#search', id);
    await follow(page, () => page.keyboard.press('Enter'));
    await keepState(page, 'sessions');
    await follow(page, () => page.click(`a[href$="/sessions/${id}"]`));
    const said = await page.$$eval('.said', (all) => all.map(({ textContent }) => textContent?.trim()));
    expect(said).toEqual(['Do you like <b>tea</b>?', expect.any(String)]);
    await keepState(page, 'session');

    const held = await page.$eval('a[download]', async (link) =>
      (await fetch((link as HTMLAnchorElement).href)).json(),
    );
    expect(held).toMatchObject({ id, metadata: { customer: 'ada' } });

    await page.click('details summary');
    await follow(page, () => page.click('form[action$="/erase"] button'));
    const response = await page.goto(`${CONSOLE}/sessions/${id}`);
    expect(response!.status()).toBe(404);
  });
});

inBrowsers(['chromium'], ({ visit }) => {
  it('keeps to its policy, asks nobody else, and fits windows of all widths, on each of its pages', async () => {
    let watched!: Watched;
    const page = await visit(CONSOLE, {
      before: async (page) => {
        watched = watch(page);
        await watchPolicy(page);
      },
    });
    await logIn(page, inject('adminToken'));
    for (const place of ['', '/sessions', '/keys', '/backends', '/webhooks']) {
      const name = place === '' ? 'overview' : place.slice(1);
      await page.goto(CONSOLE + place);
      await page.waitForNetworkIdle();
      await keepScreenshot(page, `console-${name}`);
      await expectAccessible(page, `console-${name}`);
      expect(await policyViolations(page), name).toEqual([]);
      for (const width of [1920, DESKTOP.width / 2, 320, PHONE.width]) {
        await page.setViewport({ width, height: 800 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${name} at ${width}`).toBeLessThanOrEqual(0);
        const places = await page.$$eval('.console-bar a', (links) =>
          links.map((link) => link.getBoundingClientRect().right - innerWidth),
        );
        expect(Math.max(...places), `the last place of ${name} at ${width}`).toBeLessThanOrEqual(0);
      }
      await keepScreenshot(page, `console-${name}-phone`);
      await page.setViewport(DESKTOP);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await expectAccessible(page, `console-${name}-dark`);
      await keepScreenshot(page, `console-${name}-dark`);
      await page.emulateMediaFeatures([]);
    }
    expect(watched.problems).toEqual([]);
    expect(watched.requests.filter((url) => !url.startsWith(EDGE_URL))).toEqual([]);
  });
});
