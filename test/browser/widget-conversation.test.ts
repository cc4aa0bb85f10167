import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { moveGate } from './harness/backend-gate.ts';
import { type HostSite, startHostSite } from './harness/host-site.ts';
import { createPublishableKey } from './harness/keys.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';
import { embed, Widget } from './harness/widget.ts';
import { policyViolations, watch, watchPolicy } from './harness/watch.ts';

const GATE = inject('gateUrl');
/** Scripts and requests to the edge, and nothing else: no nonce, nothing inline, no HTML out of text. */
const STRICT_POLICY = [
  "default-src 'none'",
  `script-src ${EDGE_URL}`,
  `connect-src ${EDGE_URL}`,
  // The shop's own icon, which browsers ask for.
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SHOP = '<main><h1>A shop</h1><p>We sell tea.</p></main>';

let site: HostSite;
let shop: string;
beforeAll(async () => {
  site = await startHostSite();
  const key = await createPublishableKey(site.origin);
  const headers = { 'content-security-policy': STRICT_POLICY };
  shop = site.publish({ head: embed(key), body: SHOP, headers });
});
afterAll(() => site?.close());

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  /** A state that people get to see: how it looks, and whether axe finds anything in it. */
  async function keepState({ page }: Widget, state: string): Promise<void> {
    await keepScreenshot(page, `widget-${state}-${browser}`);
    await expectAccessible(page, `widget-${state}-${browser}`);
  }

  it('talks under the strictest policy, and has the conversation when the page is loaded again', async () => {
    let problems: string[] = [];
    const page = await visit(shop, {
      before: async (page) => {
        problems = watch(page).problems;
        await watchPolicy(page);
      },
    });
    const widget = new Widget(page);
    await widget.control('Open the chat');
    await keepState(widget, 'closed');
    await widget.open();
    await keepState(widget, 'empty');
    await widget.say('Hello! Do you have any pets?');
    const said = await widget.messages(2);
    expect(said).toEqual(['Hello! Do you have any pets?', expect.stringMatching(/\p{L}/u)]);
    await keepState(widget, 'conversation');
    expect(await policyViolations(page)).toEqual([]);
    expect(problems).toEqual([]);

    await page.reload();
    const again = new Widget(page);
    if (!(await again.has('Your message'))) await again.open();
    expect(await again.messages(2)).toEqual(said);
  });

  it('keeps two tabs in step', async () => {
    const one = await new Widget(await visit(shop)).open();
    const other = await new Widget(await visit(shop)).open();
    await one.page.bringToFront();
    await one.say('Hello!');
    const said = await one.messages(2);
    await other.page.bringToFront();
    expect(await other.messages(2)).toEqual(said);

    await other.say('What is your name?');
    expect(await other.messages(4)).toEqual([...said, 'What is your name?', expect.any(String)]);
    await one.page.bringToFront();
    await one.messages(4);

    await one.press('New conversation');
    await one.press('Start anew');
    await one.messages(0);
    await other.page.bringToFront();
    await other.messages(0);
  });

  it('sends what was written without a connection once there is one', async () => {
    const widget = await new Widget(await visit(shop)).open();
    await widget.page.setOfflineMode(true);
    await widget.say('Are you there?');
    await widget.shows('You are offline');
    await keepState(widget, 'offline');
    await widget.page.setOfflineMode(false);
    expect(await widget.messages(2)).toEqual(['Are you there?', expect.any(String)]);
  });

  it('asks for patience where a person has said too much, and goes on by itself', async () => {
    const limits = { 'session-requests': { limit: 1, window_seconds: 5 } };
    const key = await createPublishableKey(site.origin, limits);
    const widget = await new Widget(await visit(site.publish({ head: embed(key), body: SHOP }))).open();
    await widget.say('Hello!');
    await widget.messages(2);
    await widget.say('Tell me more!');
    await widget.shows('It goes on in \\d+ seconds?');
    await keepState(widget, 'patience');
    expect(await widget.messages(4)).toEqual([
      'Hello!',
      expect.any(String),
      'Tell me more!',
      expect.any(String),
    ]);
    expect(await widget.has('Try again')).toBe(false);
  });

  it('is stopped, and asked again', async () => {
    const widget = await new Widget(await visit(shop)).open();
    await moveGate(GATE, 'held');
    await widget.say('Do you like music?');
    await widget.shows('Tandem is typing');
    await keepState(widget, 'typing');
    await widget.press('Stop');
    await widget.shows('Stopped');
    await keepState(widget, 'stopped');
    await moveGate(GATE, 'open');
    await widget.press('Try again');
    expect(await widget.messages(2)).toEqual(['Do you like music?', expect.any(String)]);
  });

  it('says that nobody answers, and is answered later', async () => {
    const widget = await new Widget(await visit(shop)).open();
    await moveGate(GATE, 'away');
    await widget.say('Is anybody there?');
    await widget.shows('cannot answer right now');
    await keepState(widget, 'away');
    await moveGate(GATE, 'open');
    await expect
      .poll(
        async () => {
          if (await widget.has('Try again')) await widget.press('Try again');
          return widget.page.evaluate(
            () =>
              document.querySelector('tandem-chat')!.shadowRoot!.querySelector('[part~=assistant]') !== null,
          );
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true);
    expect(await widget.messages(2)).toEqual(['Is anybody there?', expect.any(String)]);
  });

  it('shows whatever is written as text', async () => {
    const page = await visit(shop);
    const widget = await new Widget(page).open();
    const attempts =
      '<img src=x onerror="globalThis.isHacked=true"><svg onload=alert(1)> <b>bold</b> javascript:alert(1) https://example.com/?a=1&b=<2>';
    await widget.say(attempts);
    expect((await widget.messages(2))[0]).toBe(attempts);
    const made = await page.evaluate(() => {
      const log = document.querySelector('tandem-chat')!.shadowRoot!.querySelector('[role=log]')!;
      const links = [...log.querySelectorAll('a')].map(({ href, rel, target }) => ({ href, rel, target }));
      return { elements: log.querySelectorAll('img, b, svg[onload], script').length, links };
    });
    expect(made.elements).toBe(0);
    expect(made.links).toEqual([
      { href: 'https://example.com/?a=1&b=', rel: expect.stringContaining('noopener'), target: '_blank' },
    ]);
    expect(await page.evaluate(() => 'isHacked' in globalThis)).toBe(false);
  });
});
