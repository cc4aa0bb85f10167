import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { LOGIN_SECONDS } from '../../../../edge/pages/console/login-cookie.ts';
import { createEvent } from '../../../../edge/webhooks/outbound/events.ts';
import { type BackendFetch, chunked, json, testApp } from '../../test-app.ts';
import {
  ADMIN_TOKEN,
  createKey,
  createPublishableKey,
  holding,
  keyedApp,
  type KeyedApp,
} from '../../test-keys.ts';
import { answerAttempts, answered, deliveriesOf, ringWhileDue } from '../../webhooks/outbound/webhooks.ts';
import { browserOf, EDGE, FORM, loggedIn, to } from './console-browser.ts';

describe('logging in to the console', () => {
  it('takes the admin token for a cookie that no script and no other path gets', async () => {
    const browser = browserOf(keyedApp());
    expect(to(await browser.get('/console/keys?after=x'))).toEqual([
      303,
      '/console/login?next=%2Fconsole%2Fkeys%3Fafter%3Dx',
    ]);
    const page = await browser.text('/console/login?next=%2Fconsole%2Fkeys');
    expect(page).toContain('name="next" value="/console/keys"');
    const response = await browser.post('/console/login', {
      token: ` ${ADMIN_TOKEN}\n`,
      next: '/console/keys',
    });
    expect(to(response)).toEqual([303, '/console/keys']);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(
      new RegExp(
        `^__Secure-tandem-console=[^;]+; Max-Age=${LOGIN_SECONDS}; Path=/console; HttpOnly; Secure; SameSite=Strict$`,
      ),
    );
    expect(cookie).not.toContain(ADMIN_TOKEN);
    expect((await browser.get('/console/keys')).status).toBe(200);
  });

  it('sends nobody elsewhere', async () => {
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/console@evil',
      '/v1',
      '/console/../v1',
      '/console\\x',
      '',
    ]) {
      const response = await browserOf(keyedApp()).post('/console/login', { token: ADMIN_TOKEN, next });
      expect(to(response)).toEqual([303, '/console']);
    }
  });

  it('refuses wrong tokens, and guesses without end', async () => {
    const app = keyedApp();
    const browser = browserOf(app);
    const wrong = await browser.post('/console/login', { token: 'guess-of-mine' });
    expect(wrong.status).toBe(401);
    const page = await wrong.text();
    expect(page).toContain('This is not the admin token.');
    expect(page).not.toContain('guess-of-mine');
    expect(browser.cookie).toBe('');
    const statuses = new Set<number>();
    for (let i = 0; i < 300; i++)
      statuses.add((await browser.post('/console/login', { token: `${i}` })).status);
    expect(statuses).toEqual(new Set([401, 429]));
    expect(JSON.stringify(app.log)).not.toContain('guess-of-mine');
  });

  it.each([
    ['is too large', 413, FORM, `token=${'a'.repeat(100_000)}`],
    ['is too large and does not say so', 413, FORM, chunked(`token=${'a'.repeat(100_000)}`)],
    ['has no parts', 400, 'multipart/form-data', 'token=a'],
    ['is cut off', 400, 'multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data'],
    ['is in another encoding', 400, `${FORM}; charset=utf-16`, 'token=a'],
  ])('refuses a form that %s, whoever sends it', async (_, status, type, body) => {
    const headers = { origin: EDGE, 'content-type': type };
    const response = await keyedApp().request('POST', `${EDGE}/console/login`, { headers, body });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('<h1>That did not work</h1>');
  });

  it('ends after eight hours, with another token, and by logging out', async () => {
    let nowMs = 1_800_000_000_000;
    const { app, browser } = await loggedIn({ now: () => nowMs });
    const { cookie } = browser;
    const open = (on: KeyedApp, sent = cookie) =>
      on.request('GET', `${EDGE}/console/backends`, { headers: { cookie: sent } });
    expect((await open(app)).status).toBe(200);
    const other = keyedApp({
      now: () => nowMs,
      settings: { ADMIN_TOKEN: 'another-admin-token-that-is-long-enough' },
    });
    expect((await open(other)).status).toBe(303);
    expect((await open(app, `${cookie.slice(0, -3)}AAA`)).status).toBe(303);
    expect(to(await browser.post('/console/logout'))).toEqual([303, '/console/login']);
    expect(browser.cookie).toBe('');
    nowMs += LOGIN_SECONDS * 1_000;
    expect((await open(app)).status).toBe(303);
  });

  it('opens nothing but the console', async () => {
    const { app, browser } = await loggedIn();
    const headers = { cookie: browser.cookie };
    for (const path of ['/admin/v1/keys', '/v1/models'])
      expect((await app.request('GET', EDGE + path, { headers })).status).toBe(401);
  });

  it('is not possible where others could read the token', async () => {
    const browser = browserOf(keyedApp(), { edge: 'http://edge.example' });
    expect(to(await browser.get('/console/login'))).toEqual([308, 'https://edge.example/console/login']);
    const here = browserOf(keyedApp(), { edge: 'http://127.0.0.1:8787' });
    const response = await here.post('/console/login', { token: ADMIN_TOKEN });
    expect(response.headers.get('set-cookie')).toMatch(
      /^tandem-console=[^;]+; Max-Age=28800; Path=\/console; HttpOnly; SameSite=Strict$/,
    );
    expect((await here.get('/console/keys')).status).toBe(200);
  });

  it('says what is missing where there is no admin token', async () => {
    const response = await testApp().request('GET', '/console');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('the owner sets ADMIN_TOKEN');
  });
});

describe('a page of the console', () => {
  it('is kept by nothing on the way, takes nothing from elsewhere and posts nowhere else', async () => {
    const { browser } = await loggedIn();
    for (const path of ['', '/sessions', '/keys', '/backends', '/login']) {
      const { headers } = await browser.get(`/console${path}`);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const { headers } = await browser.get('/console');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it('does nothing for a form of another page', async () => {
    const { app, browser } = await loggedIn();
    const { id } = await createKey(app);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      {},
    ]) {
      const response = await app.request('POST', `${EDGE}/console/keys/${id}/revoke`, {
        headers: { cookie: browser.cookie, 'content-type': FORM, ...headers } as Record<string, string>,
        body: '',
      });
      expect(response.status).toBe(403);
    }
    expect((await json(app.admin('GET', `/${id}`))).revoked_at).toBe(null);
    expect(to(await browser.post(`/console/keys/${id}/revoke`))).toEqual([
      303,
      `/console/keys/${id}?done=revoked`,
    ]);
    expect((await json(app.admin('GET', `/${id}`))).revoked_at).not.toBe(null);
  });

  it('is a page too where something is not there', async () => {
    const { browser } = await loggedIn();
    for (const path of ['/sessions/sess_x', '/keys/key_x', '/nothing']) {
      const response = await browser.get(`/console${path}`);
      expect(response.status).toBe(404);
      if (path !== '/nothing') expect(await response.text()).toContain('<h1>Not here</h1>');
    }
  });
});

describe('sessions in the console', () => {
  async function edgeWithSession() {
    const { app, browser } = await loggedIn();
    const { id: keyId, key } = await createKey(app);
    const headers = holding(key);
    const body = { metadata: { note: '<img src=x onerror=alert(1)>' } };
    const { id } = await json(app.request('POST', '/v1/sessions', { headers, body }));
    const said = { content: '<script>alert(1)</script> & more' };
    await app.request('POST', `/v1/sessions/${id}/messages`, { headers, body: said });
    return { app, browser, id, keyId };
  }

  it('are found and read, and what people wrote is text', async () => {
    const { browser, id, keyId } = await edgeWithSession();
    const list = await browser.text(`/console/sessions?search=${id}`);
    expect(list).toContain(`href="/console/sessions/${id}"`);
    expect(list).toContain(`href="/console/keys/${keyId}"`);
    const page = await browser.text(`/console/sessions/${id}`);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; more');
    expect(page + list).not.toMatch(/<script>alert|<img/);
    expect(await browser.text('/console/sessions?search=%3Cb%3E')).toContain('value="&lt;b&gt;"');
  });

  it('are exported as a file, and erased', async () => {
    const { app, browser, id } = await edgeWithSession();
    const file = await browser.get(`/console/sessions/${id}/export`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${id}.json"`);
    expect((await json(file)).messages).toHaveLength(2);
    expect(to(await browser.post(`/console/sessions/${id}/erase`))).toEqual([
      303,
      '/console/sessions?erased',
    ]);
    expect(await browser.text('/console/sessions?erased')).toContain('The session is erased.');
    expect((await browser.get(`/console/sessions/${id}`)).status).toBe(404);
    expect(app.log.filter(({ event }) => event === 'admin_session').map(({ action }) => action)).toEqual([
      ...['export', 'erase'],
    ]);
  });

  it('are not listed for what is no key, which stays in its field', async () => {
    const { browser } = await loggedIn();
    const page = await browser.text('/console/sessions?key=mine');
    expect(page).toContain('role="alert"');
    expect(page).toContain('must be the id of a key');
    expect(page).toContain('value="mine"');
  });
});

describe('keys in the console', () => {
  it('are made, and shown once', async () => {
    const { app, browser } = await loggedIn();
    const form = { kind: 'publishable', name: 'shop', origins: 'https://shop.example', safety: 'on' };
    const made = await browser.post('/console/keys', { ...form, tokens: '500', 'tokens-window': '3600' });
    expect(made.status).toBe(200);
    const page = await made.text();
    const [, key] = /(pk_tandem_\w+)/.exec(page)!;
    const id = /\/console\/keys\/(key_\w+)/.exec(page)![1]!;
    expect(await json(app.admin('GET', `/${id}`))).toMatchObject({
      ...{ kind: 'publishable', name: 'shop', origins: ['https://shop.example'], safety: true },
      limits: {
        // Its kind's own, where nothing was said.
        requests: { limit: 10_000, window_seconds: 86_400 },
        tokens: { limit: 500, window_seconds: 3_600 },
      },
    });
    const later = (await browser.text(`/console/keys/${id}`)) + (await browser.text('/console/keys'));
    expect(later).not.toContain(key!.slice(-40));
    expect(JSON.stringify(app.log)).not.toContain(key!.slice(-40));
  });

  it('that are refused leave the form as it was filled', async () => {
    const { browser } = await loggedIn();
    const response = await browser.post('/console/keys', {
      kind: 'publishable',
      name: 'my "shop"',
      requests: '9',
    });
    expect(response.status).toBe(400);
    const page = await response.text();
    expect(page).toContain('must name at least one origin');
    expect(page).toContain('value="my &quot;shop&quot;"');
    expect(page).toMatch(/name="requests" value="9"/);
    expect(page).toMatch(/value="publishable" checked/);
  });

  it('are changed, with limits taken away where a field is empty', async () => {
    const { app, browser } = await loggedIn();
    const { id } = await createPublishableKey(app);
    const page = await browser.text(`/console/keys/${id}`);
    expect(page).toMatch(/name="requests" value="10000"/);
    const form = { name: 'new', origins: 'https://new.example', requests: '', 'session-requests': '7' };
    expect(to(await browser.post(`/console/keys/${id}`, form))).toEqual([
      303,
      `/console/keys/${id}?done=saved`,
    ]);
    expect(await json(app.admin('GET', `/${id}`))).toMatchObject({
      ...{ name: 'new', origins: ['https://new.example'], safety: false },
      limits: { requests: null, 'session-requests': { limit: 7, window_seconds: 86_400 } },
    });
    const refused = await browser.post(`/console/keys/${id}`, { name: 'kept', origins: 'nonsense' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('value="kept"');
  });

  it('are rotated for as long as was chosen', async () => {
    const { app, browser } = await loggedIn();
    const { id, key } = await createKey(app);
    const page = await (await browser.post(`/console/keys/${id}/rotate`, { 'keep-old': '0' })).text();
    const rotated = /(sk_tandem_\w+)/.exec(page)![1]!;
    expect(rotated).not.toBe(key);
    expect((await app.request('GET', '/v1/models', { headers: holding(rotated) })).status).toBe(200);
    expect((await json(app.admin('GET', `/${id}`))).old_key_valid_until).toBe(null);
  });
});

describe('backends and figures in the console', () => {
  it('are shown, and a backend probed', async () => {
    const { browser } = await loggedIn();
    expect(await browser.text('/console')).toMatch(/Requests a minute[\s\S]*role="img"/);
    expect(await browser.text('/console/backends')).toMatch(/class="state good">Ready/);
    const [status, location] = to(await browser.post('/console/backends/1/probe'));
    expect(status).toBe(303);
    expect(await browser.text(String(location))).toMatch(/1 is ready; it said so in \d+ ms\./);
  });

  it('are shown also where no backend is ready', async () => {
    const { browser } = await loggedIn({ backend: async () => new Response(null, { status: 503 }) });
    const response = await browser.get('/console/backends');
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/class="state bad">Not ready/);
  });
});

describe('models in the console', () => {
  it('are compared, and a second one’s state is told', async () => {
    // One that has counted nothing.
    const name = crypto.randomUUID();
    const figuresObject = () => env.FIGURES.getByName(name);
    const one = await loggedIn({ dependencies: { figuresObject } });
    expect(await one.browser.text('/console/models')).toMatch(/One model is served\.[\s\S]*tandem-mini/);
    const settings = { CANDIDATE_MODEL_NAME: 'next', CANDIDATE_SHARE: 0.25 };
    const two = await loggedIn({ settings, dependencies: { figuresObject } });
    const page = await two.browser.text('/console/models?days=30');
    expect(page).toContain('is to have 25 % of the new sessions. It is ready.');
    expect(page).toMatch(/aria-current="page"[^>]*>30 days/);
    expect(page).toContain('There are no ratings of both models to compare yet.');
    expect(await two.browser.text('/console/backends')).toContain('probe?model=next');
    const away: BackendFetch = async () => new Response(null, { status: 404 });
    const without = await loggedIn({ settings, backend: away, dependencies: { figuresObject } });
    expect(await without.browser.text('/console/models')).toContain(
      'It gets none now. No backend that answers has it.',
    );
    expect((await one.browser.get('/console/models?days=soon')).status).toBe(400);
  });
});

describe('webhooks in the console', () => {
  /** A key with a webhook, to whose address one delivery was tried and failed, for good. */
  async function edgeWithFailure() {
    const { app, browser } = await loggedIn({
      settings: { SEALING_SECRET: 'a-secret-that-seals-secrets-in-tests' },
    });
    const { id: owner, key } = await createKey(app, { name: 'my server' });
    const body = { url: 'https://shop.example/hook', events: ['message.replied'], description: 'the shop' };
    const { id } = await json(app.request('POST', '/v1/webhooks', { body, headers: holding(key) }));
    const stub = deliveriesOf(owner, id);
    const attempted = await answerAttempts(stub, () => answered(410));
    const event = createEvent('message.replied', { session_id: 'sess_0' }, Date.now());
    await stub.accept([{ event, callbackUrl: null }]);
    await ringWhileDue(stub);
    return {
      ...{ app, browser, owner, id, event, stub, attempted },
      path: `/console/webhooks/${owner}/${id}`,
    };
  }

  it('are found by the secret keys that they belong to', async () => {
    const { app, browser, owner, id } = await edgeWithFailure();
    const { id: publishable } = await createPublishableKey(app);
    const owners = await browser.text('/console/webhooks');
    expect(owners).toContain(`href="/console/webhooks/${owner}"`);
    expect(owners).not.toContain(publishable);
    const list = await browser.text(`/console/webhooks/${owner}`);
    expect(list).toContain(`href="/console/webhooks/${owner}/${id}"`);
    expect(list).toContain('https://shop.example/hook');
    expect((await browser.get('/console/webhooks/key_000000000000')).status).toBe(404);
  });

  it('show what failed, and send it anew', async () => {
    const { browser, path, event, stub, attempted } = await edgeWithFailure();
    expect(await browser.text(`${path}?status=failed`)).toContain(event.id);
    expect(await browser.text(`${path}?status=delivered`)).toContain('There are none.');
    // One that is gone is switched off, until somebody says otherwise.
    expect((await browser.post(`${path}/deliveries/${event.id}/replay`)).status).toBe(409);
    expect(to(await browser.post(`${path}/enable`))).toEqual([303, `${path}?done=enabled`]);
    await answerAttempts(stub, () => answered(204));
    expect(to(await browser.post(`${path}/deliveries/${event.id}/replay`))).toEqual([
      303,
      `${path}/deliveries/${event.id}?done=replayed`,
    ]);
    await ringWhileDue(stub);
    expect(attempted.length).toBeGreaterThan(0);
    const page = await browser.text(`${path}/deliveries/${event.id}`);
    expect(page).toContain('class="state good">Delivered');
    expect(page).toContain('>204<');
    expect(to(await browser.post(`${path}/replay`))).toEqual([303, `${path}?count=0`]);
  });

  it('are switched off, and refuse what makes no sense', async () => {
    const { browser, path } = await edgeWithFailure();
    await browser.post(`${path}/enable`);
    expect(to(await browser.post(`${path}/disable`))).toEqual([303, `${path}?done=disabled`]);
    expect(await browser.text(path)).toContain('class="state bad">Off');
    const wrong = await browser.text(`${path}?status=lost`);
    expect(wrong).toContain('role="alert"');
    expect((await browser.get(`${path}/deliveries/evt_x`)).status).toBe(404);
  });
});
