import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';

const said = (page: Page) =>
  page.$$eval('.message', (messages) =>
    messages.map(({ className, textContent }) => [className, textContent]),
  );

async function say(page: Page, text: string): Promise<void> {
  await page.type('#message', text);
  await page.keyboard.press('Enter');
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('talks, and has the conversation when it is loaded again', async () => {
    const page = await visit(EDGE_URL);
    await say(page, 'Hello! Do you have any <b>pets</b>?');
    await page.waitForSelector('.message.assistant');
    const conversation = await said(page);
    expect(conversation[0]).toEqual(['message user', 'Hello! Do you have any <b>pets</b>?']);
    expect(conversation[1]![1]).toMatch(/\p{L}/u);
    await keepScreenshot(page, `chat-page-${browser}`);
    await expectAccessible(page, `chat-page-${browser}`);

    await page.reload();
    await page.waitForSelector('.message.assistant');
    expect(await said(page)).toEqual(conversation);
  });
});
