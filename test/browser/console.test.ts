import type { Page } from 'puppeteer-core';
import { expect, inject, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.ts';
import { keepWholePage } from './harness/screenshots.ts';
import { DESKTOP, EDGE_URL, inBrowsers, PHONE } from './harness/visit.ts';
import { policyViolations, type Watched, watch, watchPolicy } from './harness/watch.ts';
import { expectLight } from './harness/weight.ts';

const CONSOLE = `${EDGE_URL}/console`;

async function post(path: string, body: object): Promise<{ id: string }> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (path.startsWith('/admin/')) headers['authorization'] = `Bearer ${inject('adminToken')}`;
  const response = await fetch(EDGE_URL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as { id: string };
}

/** A conversation of somebody's, for the owner to look after. @returns its id */
async function makeSession(): Promise<string> {
  const { id } = await post('/v1/sessions', { metadata: { customer: 'ada' } });
  await post(`/v1/sessions/${id}/messages`, { content: 'Do you like <b>tea</b>?' });
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
    await keepWholePage(page, `console-${state}-${browser}`);
    await expectAccessible(page, `console-${state}-${browser}`);
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
  it('keeps to its policy, asks nobody else, is light, and fits windows of all widths, on each of its pages', async () => {
    let watched!: Watched;
    const page = await visit(CONSOLE, {
      before: async (page) => {
        watched = watch(page);
        await watchPolicy(page);
      },
    });
    await logIn(page, inject('adminToken'));
    for (const [name, place] of Object.entries(await placesOfConsole())) {
      watched.responses.length = 0;
      await page.goto(CONSOLE + place);
      const bodies = watched.responses.map(
        async (response) => [response.url(), await response.buffer()] as const,
      );
      expectLight(`console-${name}`, new Map(await Promise.all(bodies)));
      await keepWholePage(page, `console-${name}`);
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
      await keepWholePage(page, `console-${name}-phone`);
      await page.setViewport(DESKTOP);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await expectAccessible(page, `console-${name}-dark`);
      await keepWholePage(page, `console-${name}-dark`);
      await page.emulateMediaFeatures([]);
    }
    expect(watched.problems).toEqual([]);
    expect(watched.requests.filter((url) => !url.startsWith(EDGE_URL))).toEqual([]);
  }, 240_000);
});

/** Every kind of page that there is, each with something to show. */
async function placesOfConsole(): Promise<Record<string, string>> {
  const [session, key, integration, webhook] = await Promise.all([
    makeSession(),
    post('/admin/v1/keys', { kind: 'publishable', name: 'shop', origins: ['https://shop.example'] }),
    post('/admin/v1/integrations', {
      ...{ channel: 'slack', name: 'support', persona: 'i work for a shop.' },
      secrets: { bot_token: 'xoxb-1', signing_secret: 'a-signing-secret' },
    }),
    // Nobody listens there.
    post('/v1/webhooks', {
      url: 'http://127.0.0.1:9/hook',
      events: ['message.replied'],
      description: 'shop',
    }),
  ]);
  const { id: delivery } = await post(`/v1/webhooks/${webhook.id}/test`, {});
  const webhooks = '/webhooks/development';
  return {
    ...{ overview: '', sessions: '/sessions', session: `/sessions/${session}` },
    ...{ keys: '/keys', key: `/keys/${key.id}`, backends: '/backends', models: '/models' },
    ...{ integrations: '/integrations', integration: `/integrations/${integration.id}` },
    ...{ webhooks: '/webhooks', 'webhooks-of-one': webhooks, webhook: `${webhooks}/${webhook.id}` },
    delivery: `${webhooks}/${webhook.id}/deliveries/${delivery}`,
  };
}
