import { expect, it } from 'vitest';
import { keepScreenshot } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';

const DOCS = `${EDGE_URL}/docs`;

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('shows only what a search finds', async () => {
    const page = await visit(DOCS);
    const shown = () =>
      page.$$eval('.operation', (all) => all.filter((one) => one.checkVisibility()).map(({ id }) => id));
    const all = await shown();
    await page.keyboard.press('/');
    await page.keyboard.type('detokenize');
    await page.waitForFunction(() => document.querySelector('#found')?.textContent !== '');
    const found = await shown();
    expect(found.length).toBeLessThan(all.length);
    expect(found).toContain('detokenize');
    await keepScreenshot(page, `docs-search-${browser}`);
  });

  it('sends a real request from an example', async () => {
    const page = await visit(`${DOCS}#createSession`);
    const operation = await page.waitForSelector('#createSession');
    await (await operation!.$('::-p-text(Try it)'))!.click();
    await (await operation!.waitForSelector('::-p-text(Send POST)'))!.click();
    const status = await operation!.waitForSelector('.try-answer .status-code');
    expect(await status!.evaluate(({ textContent }) => textContent)).toMatch(/^201/);
    await keepScreenshot(page, `docs-try-${browser}`);
  });
});

inBrowsers(['chromium'], ({ visit }) => {
  it('can be read without scripts', async () => {
    const page = await visit(DOCS, { before: (page) => page.setJavaScriptEnabled(false) });
    const text = await page.$eval('main', (main) => (main as HTMLElement).innerText);
    expect(text).toContain('/v1/chat/completions');
    expect(text).toMatch(/curl/);
    await keepScreenshot(page, 'docs-without-scripts');
  });
});
