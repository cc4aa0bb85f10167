import { describe, expect, it } from 'vitest';
import { createEvent } from '../../../edge/webhooks/outbound/events.ts';
import { MAX_WEBHOOKS } from '../../../edge/webhooks/outbound/subscription.ts';
import { expectSentence, json } from '../test-app.ts';
import {
  createKey,
  createPublishableKey,
  holding,
  type KeyedApp,
  keyedApp,
  ORIGIN,
  tradeKey,
} from '../test-keys.ts';
import { answerAttempts, answered, deliveriesOf } from '../webhooks/outbound/webhooks.ts';

const settings = { SEALING_SECRET: 'a-secret-that-seals-secrets-in-tests' };
const URL = 'https://shop.example/hook';

/** An edge and a secret key of its own, whose webhooks are no other test's. */
async function setUp() {
  const app = keyedApp({ settings });
  const { key, id: keyId } = await createKey(app);
  const request = (method: string, path = '', body?: unknown) =>
    app.request(method, `/v1/webhooks${path}`, { body, headers: holding(key) });
  const create = async (body: object = {}) =>
    json(request('POST', '', { url: URL, events: ['message.replied'], ...body }));
  return { app, keyId, request, create };
}

describe('webhooks of a key', () => {
  it('are made, with a secret that is told once, and listed', async () => {
    const { request, create } = await setUp();
    const { secret, ...made } = await create({
      events: ['session.created', 'message.replied'],
      description: 'the shop',
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^wh_[\w-]{22}$/),
      object: 'webhook',
      url: URL,
      events: ['message.replied', 'session.created'],
      description: 'the shop',
      enabled: true,
      disabled_reason: null,
      disabled_at: null,
      public_key: expect.stringMatching(/^whpk_/),
      old_keys_valid_until: null,
      created_at: expect.any(Number),
    });
    expect(secret).toMatch(/^whsec_/);
    expect(await json(request('GET', `/${made.id}`))).toEqual(made);
    expect(await json(request('GET'))).toEqual({ object: 'list', data: [made] });
  });

  it('are changed, disabled and enabled again', async () => {
    const { request, create } = await setUp();
    const { id } = await create();
    const changed = { url: 'https://other.example/', events: ['message.flagged'], description: 'x' };
    expect(await json(request('PATCH', `/${id}`, changed))).toMatchObject(changed);
    expect(await json(request('PATCH', `/${id}`, { enabled: false }))).toMatchObject({
      ...changed,
      enabled: false,
      disabled_reason: 'owner',
    });
    expect((await json(request('POST', `/${id}/replay`))).error.code).toBe('webhook_disabled');
    expect(await json(request('PATCH', `/${id}`, { enabled: true }))).toMatchObject({
      enabled: true,
      disabled_at: null,
    });
  });

  it('are gone once they are deleted, with their deliveries', async () => {
    const { keyId, request, create } = await setUp();
    const { id } = await create();
    const event = createEvent('message.replied', {}, Date.now());
    await answerAttempts(deliveriesOf(keyId, id), () => answered(200));
    await deliveriesOf(keyId, id).accept([{ event, callbackUrl: null }]);
    expect((await request('DELETE', `/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', `/${id}`],
      ['DELETE', `/${id}`],
      ['POST', `/${id}/rotate`],
      ['POST', `/${id}/test`],
      ['GET', `/${id}/deliveries`],
    ] as const) {
      const response = await request(method, path);
      expect(response.status, path).toBe(404);
      expect((await json(response)).error.code).toBe('webhook_not_found');
    }
    expect(await deliveriesOf(keyId, id).read(event.id)).toBeNull();
  });

  it('are signed for by old keys too for as long as is said', async () => {
    const { request, create } = await setUp();
    const { id, secret, public_key } = await create();
    const rotated = await json(request('POST', `/${id}/rotate`, { keep_old_seconds: 60 }));
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.public_key).not.toBe(public_key);
    expect(rotated.old_keys_valid_until).toBeGreaterThan(Date.now() / 1_000 + 50);
    expect(await json(request('POST', `/${id}/rotate`, { keep_old_seconds: 0 }))).toMatchObject({
      old_keys_valid_until: null,
    });
  });

  it.each<[object, string, string | null]>([
    [{ url: 'http://shop.example/' }, 'invalid_value', 'url'],
    [{ url: 'https://127.0.0.1/' }, 'invalid_value', 'url'],
    [{ url: 'https://localhost/' }, 'invalid_value', 'url'],
    [{ url: 7 }, 'invalid_value', 'url'],
    [{ events: [] }, 'invalid_value', 'events'],
    [{ events: ['message.deleted'] }, 'invalid_value', 'events.0'],
    [{ description: 'x'.repeat(201) }, 'invalid_value', 'description'],
    [{ secret: 'whsec_mine' }, 'unsupported_parameter', 'secret'],
  ])('are refused with %j', async (body, code, param) => {
    const { create } = await setUp();
    const { error } = await create(body);
    expect(error).toMatchObject({ code, param });
    expectSentence(error);
  });

  it('are so many and no more', async () => {
    const { create } = await setUp();
    const made = await Promise.all(Array.from({ length: MAX_WEBHOOKS + 1 }, () => create()));
    const errors = made.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
    expect(errors).toEqual(['too_many_webhooks']);
  });

  it('are nobody else’s, and not a page’s', async () => {
    const { app, create } = await setUp();
    const { id } = await create();
    const other = await createKey(app);
    const asOther = { headers: holding(other.key) };
    expect((await app.request('GET', `/v1/webhooks/${id}`, asOther)).status).toBe(404);
    expect((await json(app.request('GET', '/v1/webhooks', asOther))).data).toEqual([]);
    const { key } = await createPublishableKey(app);
    const headers = holding(await tradeKey(app, key), ORIGIN);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${id}`],
      ['DELETE', `/${id}`],
    ] as const) {
      const body = method === 'POST' ? { url: URL, events: ['message.replied'] } : undefined;
      const response = await app.request(method, `/v1/webhooks${path}`, { headers, body });
      expect((await json(response)).error.code, path).toBe('secret_key_required');
    }
  });

  it('are the admin’s to see and to change', async () => {
    const { app, keyId, create } = await setUp();
    const { secret: _, ...made } = await create();
    expect(await json(app.admin('GET', `/${keyId}/webhooks`))).toEqual({ object: 'list', data: [made] });
    const disabled = await json(app.admin('PATCH', `/${keyId}/webhooks/${made.id}`, { enabled: false }));
    expect(disabled).toMatchObject({ id: made.id, enabled: false });
    for (const nobody of ['key_000000000000', 'development', 'x'])
      expect((await json(app.admin('GET', `/${nobody}/webhooks`))).error.code).toBe('key_not_found');
  });

  it('need a secret to seal theirs with', async () => {
    const app = keyedApp({ settings: { SEALING_SECRET: '' } });
    const { key } = await createKey(app);
    const body = { url: URL, events: ['message.replied'] };
    const response = await app.request('POST', '/v1/webhooks', { body, headers: holding(key) });
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('webhooks_unavailable');
  });
});

describe('deliveries', () => {
  async function withDeliveries(count: number) {
    const { request, keyId, create, ...rest } = await setUp();
    const { id } = await create();
    const stub = deliveriesOf(keyId, id);
    await answerAttempts(stub, () => answered(200));
    const events = Array.from({ length: count }, (_, index) =>
      createEvent('message.replied', {}, 1_000 + index),
    );
    return { ...rest, request, id, stub, events };
  }

  it('are paged, newest first, and told apart by how they stand', async () => {
    const { request, id, stub, events } = await withDeliveries(5);
    await answerAttempts(stub, ({ event }) => (event.at < 1_002 ? answered(410) : answered(200)));
    await stub.accept(events.map((event) => ({ event, callbackUrl: null })));
    const ids = events.map((event) => event.id).toReversed();
    const first = await json(request('GET', `/${id}/deliveries?limit=2`));
    expect(first).toMatchObject({ first_id: ids[0], last_id: ids[1], has_more: true });
    const next = await json(request('GET', `/${id}/deliveries?limit=3&after=${ids[1]}`));
    expect(next.data.map((delivery: { id: string }) => delivery.id)).toEqual(ids.slice(2));
    expect(next.has_more).toBe(false);
    for (const query of ['?status=lost', '?limit=0', '?limit=101', '?after=evt_1', '?page=2'])
      expect((await request('GET', `/${id}/deliveries${query}`)).status, query).toBe(400);
  });

  it('are not found where they never were', async () => {
    const { request, id, events } = await withDeliveries(1);
    for (const unknown of [events[0]!.id, 'evt_1']) {
      expect((await request('GET', `/${id}/deliveries/${encodeURIComponent(unknown)}`)).status).toBe(404);
      expect((await request('POST', `/${id}/deliveries/${encodeURIComponent(unknown)}/replay`)).status).toBe(
        404,
      );
    }
  });
});

describe('the address of a callback', () => {
  const say = (app: KeyedApp, key: string, session: string, body: object) =>
    app.request('POST', `/v1/sessions/${session}/messages`, {
      headers: holding(key),
      body: { content: 'hi', ...body },
    });

  it.each<[object, string]>([
    [{ callback_url: URL }, '"async": true'],
    [{ async: true, callback_url: 'https://10.0.0.1/' }, 'private address'],
    [{ async: true, callback_url: 'http://127.0.0.1/' }, 'https://'],
    [{ async: true, callback_url: 7 }, 'expected string'],
  ])('is refused in %j', async (body, reason) => {
    const { app } = await setUp();
    const { key } = await createKey(app);
    const { id } = await json(app.request('POST', '/v1/sessions', { headers: holding(key) }));
    const { error } = await json(say(app, key, id, body));
    expect(error).toMatchObject({ code: 'invalid_value', param: 'callback_url' });
    expect(error.message).toContain(reason);
  });

  it('is no page’s to name', async () => {
    const { app } = await setUp();
    const { key } = await createPublishableKey(app);
    const token = await tradeKey(app, key);
    const made = await app.request('POST', '/v1/sessions', { headers: holding(token, ORIGIN) });
    const next = made.headers.get('x-tandem-session-token')!;
    const { id } = await json(made);
    const response = await app.request('POST', `/v1/sessions/${id}/messages`, {
      headers: holding(next, ORIGIN),
      body: { content: 'hi', async: true, callback_url: URL },
    });
    expect((await json(response)).error).toMatchObject({
      code: 'secret_key_required',
      param: 'callback_url',
    });
  });
});
