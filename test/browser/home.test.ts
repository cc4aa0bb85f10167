import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';

/** What these tests look at of the page's `<tandem-chat>`. */
interface Chat extends Element {
  client: { state: { messages: { role: string; content: string }[]; phase: string } };
}

/** What has been said, once it is so many messages and the last of them is done. */
async function said(page: Page, count: number): Promise<[string, string][]> {
  await page.waitForFunction(
    (count) => {
      const { messages, phase } = document.querySelector<Chat>('tandem-chat')!.client.state;
      return messages.length === count && phase === 'idle';
    },
    {},
    count,
  );
  return page.$eval('tandem-chat', (chat) =>
    (chat as Chat).client.state.messages.map(({ role, content }): [string, string] => [role, content]),
  );
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator('tandem-chat >>> textarea').click();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('talks, and has the conversation when it is loaded again', async () => {
    const page = await visit(EDGE_URL);
    await say(page, 'Hello! Do you have any <b>pets</b>?');
    const conversation = await said(page, 2);
    expect(conversation).toMatchObject([
      ['user', 'Hello! Do you have any <b>pets</b>?'],
      ['assistant', expect.stringMatching(/\p{L}/u)],
    ]);
    await keepScreenshot(page, `home-talk-${browser}`);
    await expectAccessible(page, `home-talk-${browser}`);
    await page.reload();
    expect(await said(page, 2)).toEqual(conversation);
  });

  it('talks as another where another is chosen, from the beginning', async () => {
    const page = await visit(EDGE_URL);
    await say(page, 'Hello!');
    await said(page, 2);
    await page.locator('::-p-aria(A pirate)').click();
    await said(page, 0);
    await say(page, 'Where are you from?');
    expect(await said(page, 2)).toMatchObject([
      ['user', 'Where are you from?'],
      ['assistant', expect.stringMatching(/jamaica/i)],
    ]);
  });

  it('talks as the last that was chosen, though the first was waited for longer', async () => {
    const erasures: (() => void)[] = [];
    const page = await visit(EDGE_URL);
    await say(page, 'Hello!');
    await said(page, 2);
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.method() === 'DELETE') erasures.push(() => void request.continue());
      else void request.continue();
    });
    const persona = () => page.$eval('tandem-chat', (chat) => chat.getAttribute('persona'));
    await page.locator('::-p-aria(A pirate)').click();
    const first = await page.waitForSelector('tandem-chat');
    const [gardener] = await page.$$eval('#personas input:not(:checked)', (inputs) =>
      inputs.slice(-1).map((input) => {
        (input as HTMLInputElement).click();
        return (input as HTMLInputElement).value;
      }),
    );
    await page.waitForFunction((chat) => !chat.isConnected, {}, first!);
    const second = await page.waitForSelector('tandem-chat');
    for (const erase of erasures) erase();
    await page.waitForFunction((chat) => !chat.isConnected, {}, second!);
    expect(await persona()).toBe(gardener);
  });

  it('tells how edge and backend do', async () => {
    const page = await visit(EDGE_URL);
    await page.waitForFunction(() => document.querySelectorAll('#status .state.good').length === 2);
    const text = await page.$eval('#status', (status) => (status as HTMLElement).innerText);
    expect(text).toMatch(/answers in \d+ ms/);
    expect(text).toMatch(/ready/);
  });

  it('stays in the theme that was chosen', async () => {
    const page = await visit(EDGE_URL);
    const ground = () => page.$eval('body', (body) => getComputedStyle(body).backgroundColor);
    await page.locator('.theme-switch').click();
    const light = await ground();
    await page.locator('.theme-switch').click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
  });
});
