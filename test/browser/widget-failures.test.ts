import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { openShop } from './harness/shop.ts';
import { inBrowsers } from './harness/visit.ts';
import { watch } from './harness/watch.ts';
import { Widget } from './harness/widget.ts';

/** What browsers and networks refuse. */
const shop = openShop();

/** Refuses a page the widget's panel until it is told otherwise. */
function refusePanel() {
  const gate = { isClosed: true };
  const before = async (page: Page) => {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (gate.isClosed && /\/panel[^/]*\.js/.test(request.url())) void request.abort();
      else void request.continue();
    });
  };
  return { gate, before };
}

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('says in its place that it could not be loaded, and is there once it can be', async () => {
    const { gate, before } = refusePanel();
    const page = await visit(shop('data-mode="inline"'), { before });
    const widget = new Widget(page);
    await widget.shows('^The chat could not be loaded.$');
    await keepScreenshot(page, `widget-missing-inline-${browser}`);
    await expectAccessible(page, `widget-missing-inline-${browser}`);
    expect(await widget.focused()).toBe('');
    const first = await widget.control('Try again');
    await first.click();
    // Its place is taken by the next one, which stays.
    await page.waitForFunction((button) => !button.isConnected, {}, first);
    await widget.control('Try again');
    gate.isClosed = false;
    await widget.press('Try again');
    await widget.say('Hello!');
    await widget.messages(2);
    expect(await widget.has('Try again')).toBe(false);
  });

  it('says so above its button too, by the keyboard as well', async () => {
    const { gate, before } = refusePanel();
    const page = await visit(shop(), { before });
    const widget = new Widget(page);
    await (await widget.control('Open the chat')).focus();
    await page.keyboard.press('Enter');
    await widget.shows('^The chat could not be loaded.$');
    await keepScreenshot(page, `widget-missing-bubble-${browser}`);
    gate.isClosed = false;
    await page.keyboard.press('Enter');
    await widget.control('Your message');
    expect(await widget.focused()).toBe('Your message');
  });

  it('talks where a browser keeps nothing for the page', async () => {
    let problems: string[] = [];
    const head = `<script>for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(window, name, { get() { throw new DOMException('Refused.', 'SecurityError'); } });</script>`;
    const page = await visit(shop('', { head }), {
      before: async (page) => {
        problems = watch(page).problems;
      },
    });
    const widget = await new Widget(page).open();
    await widget.say('Hello!');
    const said = await widget.messages(2);
    await widget.say('What is your name?');
    expect((await widget.messages(4)).slice(0, 2)).toEqual(said);
    expect(problems).toEqual([]);
  });

  it('starts and says that it is not open in a frame without an origin, for which no key is', async () => {
    let problems: string[] = [];
    // As an <iframe sandbox="allow-scripts"> has it: no origin, no storage, no locks.
    const headers = { 'content-security-policy': 'sandbox allow-scripts' };
    const page = await visit(shop('', { headers }), {
      before: async (page) => {
        problems = watch(page).problems;
      },
    });
    const widget = await new Widget(page).open();
    await widget.say('Hello!');
    // A deployed edge says why. In development mode it lets other origins than this machine's read nothing, not even that.
    await widget.shows('^(This chat is not open here|You are offline)');
    // What the browser tells of the refusal is not the widget's.
    expect(
      problems.filter((problem) => !/403|Forbidden|CORS|Cross-Origin|net::ERR_FAILED/.test(problem)),
    ).toEqual([]);
  });
});
