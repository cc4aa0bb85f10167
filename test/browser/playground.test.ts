import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepWholePage } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';

const PLAYGROUND = `${EDGE_URL}/playground`;

async function askAll(page: Page): Promise<void> {
  await page.click('#run');
  await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'All have answered.');
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('answers one message in several ways, side by side', async () => {
    const page = await visit(PLAYGROUND);
    await page.waitForSelector('#tokens *');
    await askAll(page);
    // How sure the model was of each token, for who cannot point at it.
    await page.focus('.by-token > summary');
    await page.keyboard.press('Enter');
    const shown = await page.$eval('.by-token', (details) => {
      const items = [...details.querySelectorAll('li')].filter((item) => item.checkVisibility());
      return items.map((item) => item.innerText);
    });
    expect(shown.length).toBeGreaterThan(2);
    for (const text of shown) expect(text).toMatch(/(\d|< 1) %$/);
    await keepWholePage(page, `playground-answered-${browser}`);
    await expectAccessible(page, `playground-answered-${browser}`);
  });

  it('answers the last of two questions that are asked in haste', async () => {
    const page = await visit(PLAYGROUND);
    await page.waitForSelector('#tokens *');
    const told = await page.evaluate(async () => {
      const status = document.querySelector('#status')!;
      const told: (string | null)[] = [];
      new MutationObserver(() => told.push(status.textContent)).observe(status, { childList: true });
      const presets = document.querySelectorAll<HTMLElement>('#presets button');
      presets[1]!.click();
      presets[3]!.click();
      while (status.textContent !== 'All have answered.') await new Promise(requestAnimationFrame);
      return told;
    });
    expect(new Set(told)).toEqual(new Set(['Asking …', 'All have answered.']));
    expect(await page.$$('#settings .problem')).toEqual([]);
  });

  it('is the same for whoever opens its address', async () => {
    const page = await visit(PLAYGROUND);
    await page.waitForSelector('#settings > *');
    await page.$eval('#message', (message) => {
      (message as HTMLTextAreaElement).value = '';
    });
    await page.type('#message', 'Do you like the sea?');
    await page.click('#add');
    const settings = await page.$$eval('#settings > *', (cards) => cards.length);

    const other = await visit(page.url());
    await other.waitForSelector('#settings > *');
    expect(await other.$eval('#message', (message) => (message as HTMLTextAreaElement).value)).toBe(
      'Do you like the sea?',
    );
    expect(await other.$$eval('#settings > *', (cards) => cards.length)).toBe(settings);
  });
});
