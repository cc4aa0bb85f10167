import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HostSite, startHostSite } from './harness/host-site.ts';
import { createPublishableKey } from './harness/keys.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';
import { watch } from './harness/watch.ts';
import { embed, Widget } from './harness/widget.ts';

/** Pages that the widget did not choose. */
let site: HostSite;
let key: string;
beforeAll(async () => {
  site = await startHostSite();
  key = await createPublishableKey(site.origin);
});
afterAll(() => site?.close());

const HOSTILE_CSS = `<style>
* { all: unset !important; display: block !important; color: red !important; font: 40px fantasy !important; float: left !important; transform: rotate(3deg); }
html { font-size: 40px; } button, textarea { visibility: hidden !important; width: 0 !important; }
tandem-chat { position: static; font-size: 60px; letter-spacing: 20px; text-transform: uppercase; direction: rtl; }
</style>`;

/** What frameworks of old, advertisements and accidents do to a page. */
const HOSTILE_SCRIPT = `<script>
Object.prototype.extra = function () {};
Array.prototype.extra = function () {};
Array.prototype.toJSON = undefined;
Array.from = (list) => Array.prototype.slice.call(list);
Function.prototype.bind = function (self, ...first) { const f = this; return (...rest) => f.apply(self, [...first, ...rest]); };
const realFetch = window.fetch; window.fetch = function () { return realFetch.apply(this, arguments); };
Element.prototype.remove = function () { if (this.parentNode) this.parentNode.removeChild(this); };
window.console = undefined; window.crypto.randomUUID = undefined; window.requestIdleCallback = undefined;
window.name = window.status = 'taken'; window.open = window.close = window.stop = window.find = null; window.event = 'taken';
window.onerror = () => true;
</script><form id="send"><input name="submit"></form>`;

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('looks the same whatever the page styles, and styles nothing of the page', async () => {
    const plain = await new Widget(
      await visit(site.publish({ head: embed(key), body: '<main>A shop</main>' })),
    ).open();
    const styled = await new Widget(
      await visit(site.publish({ head: HOSTILE_CSS + embed(key), body: '<main>A shop</main>' })),
    ).open();
    const looks = ({ page }: Widget) =>
      page.evaluate(() => {
        const root = document.querySelector('tandem-chat')!.shadowRoot!;
        return [...root.querySelectorAll('[part]')]
          .filter((element) => element.checkVisibility())
          .map((element) => {
            const { color, fontSize, fontFamily, letterSpacing, textTransform, direction } =
              getComputedStyle(element);
            const { width, height } = element.getBoundingClientRect();
            const size = [Math.round(width), Math.round(height)];
            return {
              part: element.getAttribute('part'),
              size,
              color,
              fontSize,
              fontFamily,
              letterSpacing,
              textTransform,
              direction,
            };
          });
      });
    const expected = await looks(plain);
    expect(expected.length).toBeGreaterThan(10);
    expect(await looks(styled)).toEqual(expected);
    await keepScreenshot(styled.page, `widget-hostile-styles-${browser}`);

    const leaked = await plain.page.evaluate(() => ({
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      inline: [document.documentElement, document.body].map((element) => element.getAttribute('style')),
    }));
    expect(leaked).toEqual({ sheets: 0, inline: [null, null] });
  });

  it('talks in a page whose scripts have bent what it stands on', async () => {
    const page = await visit(
      site.publish({ head: HOSTILE_SCRIPT + embed(key), body: '<main>A shop</main>' }),
    );
    const widget = await new Widget(page).open();
    await widget.say('Hello!');
    expect(await widget.messages(2)).toEqual(['Hello!', expect.stringMatching(/\p{L}/u)]);
  });

  it('is there beside what the page calls by its name, and does as the page said before it came', async () => {
    const body = `<main id="tandem">A shop</main><tandem-chat mode="inline" key="${key}"></tandem-chat>
      <script>document.querySelector('tandem-chat').words = { title: 'Ada', input: 'Your message' };</script>`;
    const page = await visit(site.publish({ head: embed(key), body }));
    await new Widget(page).shows('^Ada$');
    expect(
      await page.$$eval('tandem-chat', (chats) => chats.map((chat) => chat.getAttribute('mode'))),
    ).toEqual(['inline', null]);
    const own = await page.evaluate(() => (globalThis as { tandem?: Element }).tandem?.localName);
    expect(own).toBe('tandem-chat');
  });

  it('leaves what the page has under its name', async () => {
    const page = await visit(
      site.publish({
        head: `<script>var tandem = 'a bicycle';</script>${embed(key)}`,
        body: '<main>A shop</main>',
      }),
    );
    await new Widget(page).open();
    expect(await page.evaluate(() => (globalThis as { tandem?: unknown }).tandem)).toBe('a bicycle');
  });

  it('adds one name to the page', async () => {
    const names = async (head: string) => {
      const page = await visit(site.publish({ head, body: '<main>A shop</main>' }));
      if (head !== '') await new Widget(page).control('Open the chat');
      return page.evaluate(() =>
        Object.getOwnPropertyNames(globalThis).filter((name) => !/^(puppeteer|__|\d)/.test(name)),
      );
    };
    const before = new Set(await names(''));
    expect((await names(embed(key))).filter((name) => !before.has(name))).toEqual(['tandem']);
  });

  it('takes neither focus nor scroll where it stands in a page', async () => {
    const body = `<main><input id="search" autofocus><div style="height: 3000px">Tea</div>
      <tandem-chat mode="inline" key="${key}" style="height: 500px"></tandem-chat></main>`;
    const head = `<script src="${EDGE_URL}/widget.js" defer></script>`;
    const page = await visit(site.publish({ head, body }));
    const widget = new Widget(page);
    await widget.control('Your message');
    await page.evaluate(() =>
      (document.querySelector('tandem-chat') as HTMLElement & { send(text: string): Promise<unknown> }).send(
        'Hello!',
      ),
    );
    await widget.messages(2);
    expect(await widget.focused()).toBe('search');
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  it.each([
    ['its script', `script-src 'none'`],
    ['its requests', `script-src ${EDGE_URL}; connect-src 'none'`],
  ])('leaves the page alone where %s may not run', async (_, policy) => {
    let problems: string[] = [];
    const headers = { 'content-security-policy': policy };
    const page = await visit(
      site.publish({ head: embed(key), body: '<main id="shop">A shop</main>', headers }),
      {
        before: async (page) => {
          problems = watch(page).problems;
        },
      },
    );
    if (!policy.includes("script-src 'none'")) {
      const widget = await new Widget(page).open();
      await widget.say('Hello!');
      await widget.shows('You are offline|Something went wrong|cannot answer');
    }
    expect(await page.$eval('#shop', ({ textContent }) => textContent)).toBe('A shop');
    // What the browser tells of its policy is not the widget's.
    expect(problems.filter((problem) => !/Content.Security.Policy/i.test(problem))).toEqual([]);
  });
});
