import type { Page } from 'puppeteer-core';
import { expect, inject, it } from 'vitest';
import type { TandemClient } from '../../edge/widget/client.ts';
import { expectAccessible } from './harness/accessibility.ts';
import { moveGate } from './harness/backend-gate.ts';
import { keepScreenshot } from './harness/screenshots.ts';
import { openShop } from './harness/shop.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';
import { Widget } from './harness/widget.ts';

/** What a page can know of the widget, and do with it. */
const shop = openShop();

/** What these tests ask of the element. */
interface TandemChat {
  client: TandemClient;
  open(): void;
  close(): void;
  reset(): Promise<void>;
  send(text: string): Promise<unknown>;
  identify(person: Record<string, string>): Promise<void>;
}

const LISTEN = `<script>
globalThis.told = [];
for (const name of ['ready', 'message', 'reply', 'error'])
  addEventListener('tandem:' + name, ({ type, detail }) => told.push([type, detail?.content ?? detail?.code ?? null]));
</script>`;

const told = (page: Page) => page.evaluate(() => (globalThis as unknown as { told: unknown[] }).told);

const BRAND = `<style>
tandem-chat { --tandem-accent: #ffd43b; --tandem-font: Georgia, serif; --tandem-radius: 8px }
tandem-chat::part(subtitle) { display: none }
</style>`;

inBrowsers(['chromium', 'firefox'], ({ browser, visit }) => {
  it('tells the page what happens, each thing once', async () => {
    const page = await visit(shop('', { head: LISTEN }));
    const widget = await new Widget(page).open();
    await moveGate(inject('gateUrl'), 'held');
    await widget.say('Do you like music?');
    await widget.press('Stop');
    await widget.shows('Stopped');
    await moveGate(inject('gateUrl'), 'open');
    await widget.press('Try again');
    const [question, reply] = await widget.messages(2);
    expect(await told(page)).toEqual([
      ['tandem:ready', null],
      ['tandem:message', question],
      ['tandem:reply', reply],
    ]);
  });

  it('does what the page asks for', async () => {
    const page = await visit(shop());
    const widget = new Widget(page);
    await widget.control('Open the chat');
    const session = await page.evaluate(async () => {
      const { tandem } = globalThis as unknown as { tandem: TandemChat };
      await tandem.identify({ name: 'Ada' });
      await tandem.send('Hello!');
      tandem.open();
      return tandem.client.state.sessionId;
    });
    await widget.messages(2);
    const headers = { authorization: `Bearer ${inject('adminToken')}` };
    const held = await (await fetch(`${EDGE_URL}/admin/v1/sessions/${session}`, { headers })).json();
    expect(held).toMatchObject({ metadata: { name: 'Ada' } });

    await page.evaluate(() => (globalThis as unknown as { tandem: TandemChat }).tandem.reset());
    await widget.messages(0);
    await page.evaluate(() => (globalThis as unknown as { tandem: TandemChat }).tandem.close());
    expect(await widget.has('Your message')).toBe(false);
  });

  it('wears a page’s colour, letters and corners, and can be read in them', async () => {
    const widget = await new Widget(await visit(shop('', { head: BRAND }))).talk();
    const looks = await widget.page.evaluate(() => {
      const root = document.querySelector('tandem-chat')!.shadowRoot!;
      const style = (part: string) => getComputedStyle(root.querySelector(`[part~=${part}]`)!);
      return {
        launcher: style('launcher').backgroundColor,
        font: style('title').fontFamily,
        corner: style('panel').borderTopLeftRadius,
        subtitle: style('subtitle').display,
      };
    });
    expect(looks).toEqual({
      ...{ launcher: 'rgb(255, 212, 59)', font: 'Georgia, serif', corner: '8px', subtitle: 'none' },
    });
    await keepScreenshot(widget.page, `widget-brand-${browser}`);
    await expectAccessible(widget.page, `widget-brand-${browser}`);
  });

  it('copies a reply, and says so', async () => {
    const widget = await new Widget(await visit(shop())).talk();
    await widget.press('Copy');
    await widget.shows('^Copied$');
  });
});
