import { describe, expect, it } from 'vitest';
import { json } from '../../test-app.ts';
import { loggedIn, to } from './console-browser.ts';

/** A console beside an integration with Slack, which answers as it is told. */
async function edgeWithIntegration(slack: () => Response = () => Response.json({ ok: true })) {
  const { app, browser } = await loggedIn({ dependencies: { fetch: async () => slack() } });
  const body = {
    channel: 'slack',
    name: 'the <shop>',
    secrets: { bot_token: 'xoxb-the-bot-token', signing_secret: 'the-signing-secret' },
  };
  const { id } = await json(app.adminRequest('POST', '/integrations', body));
  return { app, browser, id, path: `/console/integrations/${id}` };
}

describe('integrations in the console', () => {
  it('are listed, and shown without their secrets', async () => {
    const { browser, id, path } = await edgeWithIntegration();
    const list = await browser.text('/console/integrations');
    expect(list).toContain(`href="${path}"`);
    expect(list).toContain('the &lt;shop&gt;');
    expect(list).toContain('class="state good">On');
    const page = await browser.text(path);
    expect(page).toContain(`https://edge.example/webhooks/${id}`);
    expect(page).toContain('Every message so far was answered.');
    expect(page).toMatch(/requests left/);
    expect(list + page).not.toMatch(/xoxb-the-bot-token|the-signing-secret/);
    expect((await browser.get('/console/integrations/int_000000000000')).status).toBe(404);
  });

  it('tell what failed last', async () => {
    const { app, browser, id, path } = await edgeWithIntegration();
    const found = (await app.dependencies.findIntegration(id))!;
    await found.noteFailure({ at: 1_800_000_000, reason: 'channel_not_found <b>' });
    const page = await browser.text(path);
    expect(page).toContain('channel_not_found &lt;b&gt;');
    expect(page).toContain('2027-01-15 08:00 UTC');
  });

  it.each([
    ['works', () => Response.json({ ok: true }), 'role="status">The channel has answered'],
    [
      'does not',
      () => Response.json({ ok: false, error: 'invalid_auth' }),
      'role="alert">The channel refuses',
    ],
  ])('are tested: a connection that %s says so', async (_, slack, told) => {
    const { browser, path } = await edgeWithIntegration(slack);
    const response = await browser.post(`${path}/check`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(told);
  });

  it('are switched off and on', async () => {
    const { browser, path } = await edgeWithIntegration();
    expect(to(await browser.post(`${path}/disable`))).toEqual([303, `${path}?done=disabled`]);
    expect(await browser.text(path)).toContain('class="state bad">Off');
    expect(to(await browser.post(`${path}/enable`))).toEqual([303, `${path}?done=enabled`]);
    expect(await browser.text(path)).toContain('class="state good">On');
  });

  it('are removed for good', async () => {
    const { app, browser, id, path } = await edgeWithIntegration();
    expect(await browser.text(path)).toMatch(/within two days its\s+conversations are,\s+too/);
    expect(to(await browser.post(`${path}/revoke`))).toEqual([303, `${path}?done=revoked`]);
    const page = await browser.text(`${path}?done=revoked`);
    expect(page).toContain('The integration is removed.');
    expect(page).not.toContain('Test the connection');
    expect((await browser.post(`${path}/check`)).status).toBe(404);
    expect((await json(app.adminRequest('GET', `/integrations/${id}`))).revoked_at).not.toBe(null);
  });
});
