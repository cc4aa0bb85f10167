import { type Context, Hono } from 'hono';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { isKeyId } from '../keys/key-text.ts';
import { parseInput, readJsonObject, readOptionalJsonObject } from '../request-body.ts';
import type { Delivery } from '../webhooks/outbound/delivery.ts';
import { checkDestination } from '../webhooks/outbound/destination.ts';
import { createEvent, isEventId } from '../webhooks/outbound/events.ts';
import { callbacksWebhook, newKeys } from '../webhooks/outbound/new-keys.ts';
import { DEVELOPMENT_OWNER, ownerOf } from '../webhooks/outbound/owner.ts';
import { CALLBACKS, createWebhookId, type Webhook } from '../webhooks/outbound/subscription.ts';
import {
  createWebhookSchema,
  deliveryPageSchema,
  publicDelivery,
  publicDeliveryDetail,
  publicWebhook,
  rotateWebhookSchema,
  updateWebhookSchema,
} from '../webhooks/outbound/webhook-form.ts';

/** Whose webhooks a request is about. @throws {ApiError} for one who has none */
type FindOwner = (c: Context<AppEnv>) => Promise<string>;

/** A secret key's own webhooks. A browser has none: whoever opens the page could send our requests anywhere. */
export function webhookRoutes(dependencies: AppDependencies) {
  return routesFor(dependencies, async (c) => {
    const { kind, keyId } = c.get('caller');
    if (kind === 'session') throw new ApiError('secret_key_required');
    return ownerOf(keyId);
  });
}

/** Any key's, for who has the admin token. */
export function adminWebhookRoutes(dependencies: AppDependencies) {
  return routesFor(dependencies, async (c) => {
    const owner = c.req.param('key') ?? '';
    if (owner === DEVELOPMENT_OWNER && dependencies.settings.developmentMode) return owner;
    const record = isKeyId(owner) ? await dependencies.keyObject(owner).read() : null;
    if (record === null) throw new ApiError('key_not_found');
    return owner;
  });
}

function routesFor(dependencies: AppDependencies, findOwner: FindOwner) {
  const { settings, sealer, webhooks } = dependencies;
  const now = () => nowSeconds(dependencies);

  async function find(c: Context<AppEnv>): Promise<{ owner: string; webhook: Webhook }> {
    const owner = await findOwner(c);
    const webhook = await webhooks.of(owner, (book) => book.read(c.req.param('id')!));
    return { owner, webhook: found(webhook) };
  }

  function shown(webhook: Webhook | null) {
    return publicWebhook(found(webhook), now());
  }

  function readUrl(text: string): string {
    const destination = checkDestination(text, { allowLoopback: settings.developmentMode });
    if (destination.allowed) return destination.url;
    throw new ApiError('invalid_value', { param: 'url', message: `url: ${destination.reason}.` });
  }

  return new Hono<AppEnv>()
    .post('/', async (c) => {
      const owner = await findOwner(c);
      const { url, ...fields } = parseInput(createWebhookSchema, await readJsonObject(c));
      const id = createWebhookId();
      const address = readUrl(url);
      const { key, secret } = await newKeys(sealer, { id, owner });
      const keys = [{ ...key, expiresAt: null }];
      const webhook: Webhook = { id, url: address, ...fields, keys, createdAt: now(), disabled: null };
      const made = await webhooks.of(owner, (book) => book.create(webhook));
      if (made === null) throw new ApiError('too_many_webhooks');
      return c.json({ ...shown(made), secret }, 201, { location: `${c.req.path.replace(/\/$/, '')}/${id}` });
    })
    .get('/', async (c) => {
      const owner = await findOwner(c);
      const list = await webhooks.of(owner, (book) => book.list());
      return c.json({ object: 'list' as const, data: list.map(shown) });
    })
    .get('/:id', async (c) => c.json(shown((await find(c)).webhook)))
    .patch('/:id', async (c) => {
      const { owner, webhook } = await find(c);
      const { url, ...fields } = parseInput(updateWebhookSchema, await readJsonObject(c));
      refuseCallbacks(webhook);
      const changes = { ...fields, ...(url !== undefined && { url: readUrl(url) }) };
      return c.json(shown(await webhooks.of(owner, (book) => book.update(webhook.id, changes))));
    })
    .delete('/:id', async (c) => {
      const owner = await findOwner(c);
      const removed = await webhooks.of(owner, (book) => book.remove(c.req.param('id')));
      if (!removed) throw new ApiError('webhook_not_found');
      return c.body(null, 204);
    })
    .post('/:id/rotate', async (c) => {
      const { keep_old_seconds } = parseInput(rotateWebhookSchema, await readOptionalJsonObject(c));
      const owner = await findOwner(c);
      const id = c.req.param('id');
      const { key, secret } = await newKeys(sealer, { id, owner });
      const rotated = await webhooks.of(owner, async (book) => {
        const known = await book.rotate(id, { key, keepOldSeconds: keep_old_seconds });
        return known ?? (id === CALLBACKS ? book.create(callbacksWebhook(key, now())) : null);
      });
      return c.json({ ...shown(rotated), secret });
    })
    .post('/:id/test', async (c) => {
      const { owner, webhook } = await find(c);
      refuseCallbacks(webhook);
      const event = createEvent('webhook.test', { webhook_id: webhook.id }, dependencies.now());
      const ids = { owner, id: webhook.id };
      const tried = await webhooks.deliveries(ids, (deliveries) =>
        deliveries.test({ event, callbackUrl: null }, webhook),
      );
      return c.json(publicDeliveryDetail(tried));
    })
    .post('/:id/replay', async (c) => {
      const { owner, webhook } = await find(c);
      refuseDisabled(webhook);
      const ids = { owner, id: webhook.id };
      const replayed = await webhooks.deliveries(ids, (deliveries) => deliveries.replayFailed());
      return c.json({ object: 'webhook.replay' as const, deliveries: replayed }, 202);
    })
    .get('/:id/deliveries', async (c) => {
      const { status = null, limit, after = null } = parseInput(deliveryPageSchema, c.req.query());
      if (after !== null && !isEventId(after)) throw notAnId();
      const { owner, webhook } = await find(c);
      const ids = { owner, id: webhook.id };
      const page = await webhooks.deliveries(ids, (deliveries) =>
        deliveries.list({ status, after, limit: limit + 1 }),
      );
      const data = page.slice(0, limit).map(publicDelivery);
      return c.json({
        object: 'list' as const,
        data,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
        has_more: page.length > limit,
      });
    })
    .get('/:id/deliveries/:delivery', async (c) => {
      const { owner, webhook } = await find(c);
      const id = eventId(c.req.param('delivery'));
      const ids = { owner, id: webhook.id };
      const delivery = await webhooks.deliveries(ids, (deliveries) => deliveries.read(id));
      return c.json(publicDeliveryDetail(foundDelivery(delivery)));
    })
    .post('/:id/deliveries/:delivery/replay', async (c) => {
      const { owner, webhook } = await find(c);
      const id = eventId(c.req.param('delivery'));
      refuseDisabled(webhook);
      const ids = { owner, id: webhook.id };
      const delivery = await webhooks.deliveries(ids, (deliveries) => deliveries.replay(id));
      return c.json(publicDeliveryDetail(foundDelivery(delivery)), 202);
    });
}

function found(webhook: Webhook | null): Webhook {
  if (webhook === null) throw new ApiError('webhook_not_found');
  return webhook;
}

function foundDelivery(delivery: Delivery | null): Delivery {
  if (delivery === null) throw new ApiError('delivery_not_found');
  return delivery;
}

function eventId(text: string): string {
  if (!isEventId(text)) throw new ApiError('delivery_not_found');
  return text;
}

function notAnId(): ApiError {
  const message = 'after: must be the "last_id" of an earlier page.';
  return new ApiError('invalid_value', { param: 'after', message });
}

function refuseCallbacks({ id }: Webhook): void {
  if (id !== CALLBACKS) return;
  const message = 'Callbacks have no address of their own: each message names its own in "callback_url".';
  throw new ApiError('invalid_value', { param: 'id', message });
}

function refuseDisabled({ disabled }: Webhook): void {
  if (disabled !== null) throw new ApiError('webhook_disabled');
}
