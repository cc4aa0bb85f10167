import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TandemClient } from '../../edge/widget/client.ts';
import { type HostSite, startHostSite } from './harness/host-site.ts';
import { createPublishableKey } from './harness/keys.ts';
import { EDGE_URL, inBrowsers } from './harness/visit.ts';

/** The headless client as a page of another origin uses it: a module from the edge, and a key. */
let site: HostSite;
let url: string;
beforeAll(async () => {
  site = await startHostSite();
  const key = await createPublishableKey(site.origin);
  const script = `import { TandemClient } from '${EDGE_URL}/client.js';
    globalThis.client = new TandemClient(${JSON.stringify({ url: EDGE_URL, key })});`;
  url = site.publish({ head: `<script type="module">${script}</script>`, body: '' });
});
afterAll(() => site?.close());

/** Says something with the page's client, if anything. @returns all that was said */
function say(page: Page, text: string | null): Promise<string[]> {
  return page.evaluate(async (text) => {
    const { client } = globalThis as unknown as { client: TandemClient };
    await client.open();
    if (text !== null) await client.send(text);
    return client.state.messages.map(({ role, content }) => `${role}: ${content}`);
  }, text);
}

inBrowsers(['chromium', 'firefox'], ({ visit }) => {
  it('talks from another origin, and has the conversation on its next visit', async () => {
    const page = await visit(url);
    const said = await say(page, 'Hello! Do you have any pets?');
    expect(said).toEqual([
      'user: Hello! Do you have any pets?',
      expect.stringMatching(/^assistant: .*\p{L}/u),
    ]);

    await page.reload();
    expect(await say(page, null)).toEqual(said);
  });
});
