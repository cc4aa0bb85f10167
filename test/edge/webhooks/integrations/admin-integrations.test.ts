import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { createFindIntegration } from '../../../../edge/webhooks/integrations/find-integration.ts';
import { OPERATIONS } from '../../../../edge/openapi/operations.ts';
import { expectSentence, json } from '../../test-app.ts';
import { createKey, holding, type KeyedApp, keyedApp } from '../../test-keys.ts';

const ADMIN = holding('an-admin-token-for-tests-long-enough');
const slackSecrets = { bot_token: 'xoxb-the-bot-token', signing_secret: 'the-signing-secret' };

function withIntegrations(options: Parameters<typeof keyedApp>[0] = {}) {
  const app = keyedApp(options);
  const call = (method: string, path = '', body?: unknown) =>
    app.request(method, `/admin/v1/integrations${path}`, { headers: ADMIN, body });
  const create = async (choices: object = {}) => {
    const response = await call('POST', '', { channel: 'slack', secrets: slackSecrets, ...choices });
    expect(response.status).toBe(201);
    return json(response);
  };
  return { ...app, call, create };
}

describe('an integration in the admin API', () => {
  it('is told with its address and what is to be done, and never with its secrets', async () => {
    const app = withIntegrations();
    const made = await app.create({ name: 'support', persona: 'i work for a shop.\ni like dogs.' });
    const { generated_secrets, ...shown } = made;
    expect(generated_secrets).toEqual({});
    expect(shown).toEqual({
      id: expect.stringMatching(/^int_[0-9a-z]{12}$/),
      object: 'integration',
      channel: 'slack',
      name: 'support',
      enabled: true,
      webhook_url: `http://localhost/webhooks/${shown.id}`,
      settings: { api_url: 'https://slack.com/api' },
      secrets: {
        bot_token: { set_at: shown.created_at, old_valid_until: null },
        signing_secret: { set_at: shown.created_at, old_valid_until: null },
      },
      persona: ['i work for a shop.', 'i like dogs.'],
      places: null,
      safety: true,
      limits: {
        requests: { limit: 10_000, window_seconds: 86_400 },
        tokens: null,
        'session-requests': { limit: 300, window_seconds: 3_600 },
        'session-tokens': null,
      },
      steps: expect.arrayContaining([expect.stringContaining(shown.webhook_url)]),
      created_at: expect.any(Number),
      revoked_at: null,
    });
    expect(await json(app.call('GET', `/${shown.id}`))).toEqual(shown);
    const listed = await json(app.call('GET'));
    expect(listed.data).toContainEqual(shown);
    const stored = await env.KEYS.get(`integration:${shown.id}`);
    for (const secret of Object.values(slackSecrets))
      expect(JSON.stringify([made, listed, app.log, stored])).not.toContain(secret);
  });

  it('is found by the worker with its secrets opened', async () => {
    const app = withIntegrations();
    const { id } = await app.create({ places: ['C1'], safety: false, persona: ['i like dogs.'] });
    const found = await app.dependencies.findIntegration(id);
    expect(found).toMatchObject({
      ...{ id, channel: 'slack', persona: ['i like dogs.'], places: ['C1'], safety: false },
      settings: {
        apiUrl: 'https://slack.com/api',
        botToken: ['xoxb-the-bot-token'],
        signingSecret: ['the-signing-secret'],
      },
    });
    expect((await found!.quotas.reserve({ sessionId: 'a chat', tokens: 5 }))!.granted).toBe(true);
  });

  it('is found while KV is away: its object has it', async () => {
    const app = withIntegrations();
    const { id } = await app.create();
    const away = { get: async () => Promise.reject(new Error('KV is away.')) };
    const findIntegration = createFindIntegration({
      kv: away as never,
      objectOf: (name) => env.INTEGRATIONS.getByName(name) as never,
      sealer: app.dependencies.sealer,
      now: Date.now,
    });
    expect(await findIntegration(id)).toMatchObject({ id, channel: 'slack' });
  });

  it.each(['int_000000000000', 'key_000000000000', '..', ''])('is not found by %j', async (id) => {
    const app = withIntegrations();
    expect(await app.dependencies.findIntegration(id)).toBe(null);
    expect(await app.dependencies.findIntegration(id, { newest: true })).toBe(null);
  });

  it('counts its requests, and those of each conversation', async () => {
    const app = withIntegrations();
    const limits = {
      requests: { limit: 3, window_seconds: 1_000_000 },
      'session-requests': { limit: 2, window_seconds: 1_000_000 },
    };
    const { id } = await app.create({ limits });
    const { quotas } = (await app.dependencies.findIntegration(id))!;
    const ask = async (sessionId: string) => (await quotas.reserve({ sessionId, tokens: 1 }))!.granted;
    expect([await ask('a'), await ask('a'), await ask('a'), await ask('b'), await ask('b')]).toEqual([
      ...[true, true, false, true, false],
    ]);
  });

  it('tells how its quotas stand, and what failed last, cut to a line', async () => {
    const app = withIntegrations();
    const { id } = await app.create({ limits: { requests: { limit: 3, window_seconds: 1_000_000 } } });
    const { quotas, noteFailure } = (await app.dependencies.findIntegration(id))!;
    await quotas.reserve({ sessionId: 'a', tokens: 1 });
    const usage = () => json(app.call('GET', `/${id}/usage`));
    expect(await usage()).toEqual({
      object: 'integration.usage',
      quotas: [expect.objectContaining({ name: 'requests', limit: 3, remaining: 2 })],
      last_error: null,
    });
    await noteFailure({ at: 1, reason: 'first' });
    await noteFailure({ at: 2, reason: 'x'.repeat(1_000) });
    expect((await usage()).last_error).toEqual({ at: 2, reason: 'x'.repeat(300) });
    expect((await app.call('GET', '/int_000000000000/usage')).status).toBe(404);
  });

  it('is changed in what is named, and in nothing else', async () => {
    const app = withIntegrations();
    const made = await app.create({ name: 'before', limits: { requests: null } });
    const { generated_secrets: _, ...before } = made;
    const changes = { name: 'after', places: ['C1', 'C2'], settings: { api_url: 'http://127.0.0.1:1/api' } };
    const changed = await json(app.call('PATCH', `/${made.id}`, changes));
    expect(changed).toEqual({ ...before, ...changes });
    expect(await app.dependencies.findIntegration(made.id, { newest: true })).toMatchObject({
      places: ['C1', 'C2'],
      settings: { apiUrl: 'http://127.0.0.1:1/api', botToken: ['xoxb-the-bot-token'] },
    });
    const reset = await json(app.call('PATCH', `/${made.id}`, { settings: { api_url: null }, places: null }));
    expect(reset).toEqual({ ...before, name: 'after' });
  });

  it('that is switched off, or revoked, is not found', async () => {
    const app = withIntegrations();
    const { id } = await app.create();
    const isFound = async () => (await app.dependencies.findIntegration(id, { newest: true })) !== null;
    await app.call('PATCH', `/${id}`, { enabled: false });
    expect(await isFound()).toBe(false);
    await app.call('PATCH', `/${id}`, { enabled: true });
    expect(await isFound()).toBe(true);
    const revoked = await json(app.call('POST', `/${id}/revoke`));
    expect(revoked).toMatchObject({ revoked_at: expect.any(Number), secrets: {}, steps: [] });
    expect(await isFound()).toBe(false);
    for (const [method, path, body] of [
      ['PATCH', `/${id}`, { enabled: true }],
      ['POST', `/${id}/rotate`, { secrets: slackSecrets }],
    ] as const)
      expect((await json(app.call(method, path, body))).error.code).toBe('integration_not_found');
    expect(await json(app.call('GET', `/${id}`))).toEqual(revoked);
  });
});

describe('the secrets of an integration', () => {
  const botTokens = async (app: KeyedApp, id: string) =>
    (await app.dependencies.findIntegration(id, { newest: true }))!.settings['botToken'];

  it('rotate, with the old ones valid for a time', async () => {
    let seconds = 1_800_000_000;
    const app = withIntegrations({ now: () => seconds * 1_000 });
    const { id } = await app.create();
    const rotation = { secrets: { bot_token: 'xoxb-next' }, keep_old_seconds: 600 };
    const rotated = await json(app.call('POST', `/${id}/rotate`, rotation));
    expect(rotated.secrets).toEqual({
      bot_token: { set_at: seconds, old_valid_until: seconds + 600 },
      signing_secret: { set_at: seconds, old_valid_until: null },
    });
    expect(await botTokens(app, id)).toEqual(['xoxb-next', 'xoxb-the-bot-token']);
    seconds += 600;
    expect(await botTokens(app, id)).toEqual(['xoxb-next']);
  });

  it('end at once where the old ones are not kept', async () => {
    const app = withIntegrations();
    const { id } = await app.create();
    await app.call('POST', `/${id}/rotate`, { secrets: { bot_token: 'xoxb-next' }, keep_old_seconds: 0 });
    expect(await botTokens(app, id)).toEqual(['xoxb-next']);
  });

  it('are given anew where the SEALING_SECRET that they were sealed with is gone', async () => {
    const { id } = await withIntegrations().create();
    const app = withIntegrations({ settings: { SEALING_SECRET: 'n'.repeat(32) } });
    expect(await app.dependencies.findIntegration(id)).toBe(null);
    for (const [path, body] of [
      ['check', undefined],
      ['rotate', { secrets: { bot_token: 'xoxb-next' } }],
    ] as const) {
      const { error } = await json(app.call('POST', `/${id}/${path}`, body));
      expect(error.message).toMatch(/^secrets\.\w+: is needed\.$/);
    }
    expect((await app.call('POST', `/${id}/rotate`, { secrets: slackSecrets })).status).toBe(200);
    expect(await botTokens(app, id)).toEqual(['xoxb-the-bot-token']);
  });

  it('are opened with a SEALING_SECRET of before a rotation, and sealed with the new one', async () => {
    const old = 'a-secret-to-seal-with-in-these-tests';
    const { id } = await withIntegrations().create();
    const app = withIntegrations({ settings: { SEALING_SECRET: `${'n'.repeat(32)},${old}` } });
    expect(await botTokens(app, id)).toEqual(['xoxb-the-bot-token']);
  });
});

describe('the connection of an integration', () => {
  const asked: { url: string; authorization: string | null }[] = [];
  const slackSays = (answer: () => Response, settings: Record<string, string> = {}) =>
    withIntegrations({
      settings,
      dependencies: {
        fetch: async (input, init) => {
          const headers = new Headers(init?.headers);
          asked.push({ url: String(input), authorization: headers.get('authorization') });
          return answer();
        },
      },
    });

  it.each<[string, () => Response, object]>([
    ['right', () => Response.json({ ok: true }), { outcome: 'ok', detail: null }],
    [
      'wrong',
      () => Response.json({ ok: false, error: 'invalid_auth' }),
      { outcome: 'failed', detail: 'invalid_auth' },
    ],
    ['broken', () => new Response('', { status: 502 }), { outcome: 'failed', detail: 'HTTP 502' }],
    [
      'away',
      () => {
        throw new TypeError('refused');
      },
      { outcome: 'failed', detail: 'no connection, or it broke' },
    ],
    [
      'silent',
      () => {
        throw new DOMException('https://slack.com/api?token', 'TimeoutError');
      },
      { outcome: 'failed', detail: 'no answer within 10 seconds' },
    ],
  ])('is tested by the channel itself: %s', async (_, answer, verdict) => {
    const app = slackSays(answer);
    const { id } = await app.create();
    expect(await json(app.call('POST', `/${id}/check`))).toEqual({
      object: 'integration.verdict',
      ...verdict,
    });
    expect(asked.at(-1)).toEqual({
      url: 'https://slack.com/api/auth.test',
      authorization: 'Bearer xoxb-the-bot-token',
    });
  });

  it.each([
    ['true', 'ok', 'http://127.0.0.1:1/api/auth.test'],
    ['false', 'failed', undefined],
  ])('is asked on this machine in development mode alone (%s)', async (mode, outcome, url) => {
    const app = slackSays(() => Response.json({ ok: true }), { DEVELOPMENT_MODE: mode });
    const { id } = await app.create({ settings: { api_url: 'http://127.0.0.1:1/api/' } });
    asked.length = 0;
    expect((await json(app.call('POST', `/${id}/check`))).outcome).toBe(outcome);
    expect(asked[0]?.url).toBe(url);
  });

  it('is made by the channel’s own API where it has one: Telegram’s setWebhook', async () => {
    const calls: { url: string; body: unknown }[] = [];
    const app = withIntegrations({
      dependencies: {
        fetch: async (input, init) => {
          calls.push({ url: String(input), body: JSON.parse(String(init?.body)) });
          return Response.json({ ok: true, result: true });
        },
      },
    });
    const { id, generated_secrets } = await app.create({
      channel: 'telegram',
      settings: { bot_username: 'tandem_bot' },
      secrets: { bot_token: '123:abc' },
    });
    const address = `https://edge.example/webhooks/${id}`;
    const verdict = await json(app.call('POST', `/${id}/register`, { webhook_url: address }));
    expect(verdict.outcome).toBe('ok');
    expect(calls).toContainEqual({
      url: 'https://api.telegram.org/bot123:abc/setWebhook',
      body: expect.objectContaining({ url: address, secret_token: generated_secrets.secret_token }),
    });
  });

  it('is nothing to make where the owner does all by hand', async () => {
    const app = withIntegrations();
    const { id } = await app.create();
    expect((await json(app.call('POST', `/${id}/register`))).outcome).toBe('nothing_to_do');
  });
});

describe('the admin API of integrations', () => {
  it.each<[object, string, RegExp]>([
    [{ channel: 'pigeon' }, 'invalid_value', /channel/],
    [{ secrets: {} }, 'invalid_value', /^secrets\.\w+: is needed\.$/],
    [{ secrets: { ...slackSecrets, bot_token: '' } }, 'invalid_value', /^secrets\.bot_token/],
    [{ secrets: { ...slackSecrets, password: 'x' } }, 'unsupported_parameter', /"secrets\.password"/],
    [{ settings: { bot_token: 'xoxb' } }, 'unsupported_parameter', /"settings\.bot_token".*secrets/],
    [{ settings: { api_url: 'nowhere' } }, 'invalid_value', /^settings\.api_url/],
    [{ settings: { api_url: 'http://slack.com/api' } }, 'invalid_value', /^settings\.api_url: .*"https:/],
    [{ settings: { api_url: 'https://0xa9fea9fe/api' } }, 'invalid_value', /a metadata address/],
    [{ settings: { api_url: 'https://[::ffff:10.0.0.1]/' } }, 'invalid_value', /inside IPv6/],
    [{ settings: { api_url: 'https://me:secret@slack.com' } }, 'invalid_value', /password/],
    [{ settings: { api_url: 'https://slack.com/api?x' } }, 'invalid_value', /without "\?"/],
    [{ settings: { colour: 1 } }, 'unsupported_parameter', /colour/],
    [{ persona: 'a'.repeat(5_000) }, 'persona_too_long', /persona/],
    [{ places: [] }, 'invalid_value', /places/],
    [{ limits: { request: null } }, 'unsupported_parameter', /request/],
  ])('refuses %j', async (choices, code, message) => {
    const app = withIntegrations();
    const response = await app.call('POST', '', { channel: 'slack', secrets: slackSecrets, ...choices });
    const { error } = await json(response);
    expect({ status: response.status, code: error.code }).toEqual({ status: 400, code });
    expect(error.message).toMatch(message);
    expectSentence(error);
  });

  it('keeps no secrets where there is nothing to seal them with', async () => {
    const app = withIntegrations({ settings: { SEALING_SECRET: '' } });
    const response = await app.call('POST', '', { channel: 'slack', secrets: slackSecrets });
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('sealing_unavailable');
  });

  it('is closed to keys', async () => {
    const app = withIntegrations();
    const { key } = await createKey(app);
    const response = await app.request('GET', '/admin/v1/integrations', { headers: holding(key) });
    expect(response.status).toBe(401);
  });

  it('makes the secrets that are ours to choose, tells them once, and makes them anew', async () => {
    const app = withIntegrations();
    const made = await app.create({ channel: 'generic', secrets: {} });
    const { signing_secret } = made.generated_secrets;
    expect(signing_secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(JSON.stringify(await json(app.call('GET', `/${made.id}`)))).not.toContain(signing_secret);
    const rotated = await json(app.call('POST', `/${made.id}/rotate`, { generate: ['signing_secret'] }));
    const found = await app.dependencies.findIntegration(made.id, { newest: true });
    expect(found!.settings['signingSecret']).toEqual([
      rotated.generated_secrets.signing_secret,
      signing_secret,
    ]);
    const nothing = await json(app.call('POST', `/${made.id}/rotate`, {}));
    expect(nothing.error.message).toBe('secrets: name what is new, of signing_secret.');
  });

  it('tells what each channel wants to know', async () => {
    const app = withIntegrations();
    const { data } = await json(app.request('GET', '/admin/v1/channels', { headers: ADMIN }));
    const { fields } = data.find(({ name }: { name: string }) => name === 'slack');
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'bot_token', secret: true, required: true, generated: false }),
    );
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'api_url', secret: false, required: false, generated: false }),
    );
  });

  it('answers no request of any kind with a 5xx', async () => {
    const unlimited = { limit: async () => ({ success: true }) };
    const app = withIntegrations({ dependencies: { keyRateLimiter: unlimited } });
    const { id } = await app.create();
    const name = fc.oneof(
      fc.constantFrom(
        'bot_token',
        'signing_secret',
        'signingSecret',
        'api_url',
        '__proto__',
        'constructor',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 20 }));
    const body = fc.record(
      {
        channel: fc.oneof(fc.constantFrom('slack', 'generic', 'teams', 'twilio'), value),
        settings: fc.oneof(fc.dictionary(name, value), value),
        secrets: fc.oneof(fc.dictionary(name, value), fc.constant(slackSecrets)),
        generate: fc.oneof(fc.array(name, { maxLength: 3 }), value),
        places: fc.oneof(fc.array(value, { maxLength: 3 }), value),
        persona: value,
        limits: value,
      },
      { requiredKeys: [] },
    );
    const request = fc.constantFrom(['POST', ''], ['PATCH', `/${id}`], ['POST', `/${id}/rotate`]);
    await fc.assert(
      fc.asyncProperty(request, body, async ([method, path], sent) => {
        const response = await app.call(method!, path, sent);
        expect(response.status).toBeLessThan(500);
        if (!response.ok) expectSentence((await json(response)).error);
      }),
      { numRuns: 500 },
    );
    // What was refused has changed nothing.
    expect((await app.call('GET', `/${id}`)).status).toBe(200);
  });

  it('answers as it is described', async () => {
    const fetch = async () => Response.json({ ok: true });
    const app = withIntegrations({ dependencies: { fetch } });
    const { id } = await app.create();
    const channels = await app.request('GET', '/admin/v1/channels', { headers: ADMIN });
    const answers: [string, Response][] = [
      ['createIntegration', await app.call('POST', '', { channel: 'slack', secrets: slackSecrets })],
      ['listIntegrations', await app.call('GET')],
      ['retrieveIntegration', await app.call('GET', `/${id}`)],
      ['updateIntegration', await app.call('PATCH', `/${id}`, { name: 'x' })],
      ['rotateIntegrationSecrets', await app.call('POST', `/${id}/rotate`, { secrets: slackSecrets })],
      ['readIntegrationUsage', await app.call('GET', `/${id}/usage`)],
      ['checkIntegration', await app.call('POST', `/${id}/check`)],
      ['registerIntegration', await app.call('POST', `/${id}/register`)],
      ['revokeIntegration', await app.call('POST', `/${id}/revoke`)],
      ['listChannels', channels],
    ];
    for (const [operation, response] of answers) {
      const described = OPERATIONS.find(({ id: name }) => name === operation)!.answers;
      const { schema } = described.find(({ status }) => status === response.status)!;
      expect((schema as z.ZodType).safeParse(await json(response)).error, operation).toBeUndefined();
    }
  });
});
