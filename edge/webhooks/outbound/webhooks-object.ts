import { DurableObject } from 'cloudflare:workers';
import { EVENT_TYPES, type EventType, type Publication } from './events.ts';
import { deliveriesName, keyIdOf } from './owner.ts';
import {
  CALLBACKS,
  type DisabledReason,
  MAX_WEBHOOKS,
  rotateWebhook,
  updateWebhook,
  type Webhook,
  type WebhookChanges,
} from './subscription.ts';

const PREFIX = 'webhook:';

/**
 * The webhooks of one key: the truth about each, and who is told of what happens. How far each delivery has come is known to
 * the webhook's own object, so that a slow receiver keeps no other waiting.
 *
 * Storage: `webhook:` and an id, that webhook.
 */
export class WebhooksObject extends DurableObject<Cloudflare.Env> {
  list(): Webhook[] {
    const webhooks = [...this.ctx.storage.kv.list<Webhook>({ prefix: PREFIX })].map(([, webhook]) => webhook);
    return webhooks.toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  }

  read(id: string): Webhook | null {
    return this.ctx.storage.kv.get<Webhook>(PREFIX + id) ?? null;
  }

  /** The webhook that there is now: the one that was made, or one with its id from before. Null where there are too many. */
  create(webhook: Webhook): Webhook | null {
    const known = this.read(webhook.id);
    if (known !== null) return known;
    const count = this.list().filter(({ id }) => id !== CALLBACKS).length;
    return webhook.id !== CALLBACKS && count >= MAX_WEBHOOKS ? null : this.#keep(webhook);
  }

  update(id: string, changes: WebhookChanges): Webhook | null {
    return this.#change(id, (webhook) => updateWebhook(webhook, changes, nowSeconds()));
  }

  rotate(id: string, rotation: Omit<Parameters<typeof rotateWebhook>[1], 'now'>): Webhook | null {
    return this.#change(id, (webhook) => rotateWebhook(webhook, { ...rotation, now: nowSeconds() }));
  }

  disable(id: string, reason: DisabledReason): void {
    this.#change(id, (webhook) => ({
      ...webhook,
      disabled: webhook.disabled ?? { reason, at: nowSeconds() },
    }));
  }

  /** Deletes a webhook with its deliveries; false where there is none. */
  async remove(id: string): Promise<boolean> {
    if (this.read(id) === null) return false;
    await this.#deliveries(id).erase();
    this.ctx.storage.kv.delete(PREFIX + id);
    return true;
  }

  /** What somebody wants to be told of. */
  interest(): EventType[] {
    const webhooks = this.list().filter(({ disabled }) => disabled === null);
    return EVENT_TYPES.filter((type) => webhooks.some(({ events }) => events.includes(type)));
  }

  /** A webhook that is to be attempted; null for one that is not, or not any more. */
  async active(id: string): Promise<Webhook | null> {
    const webhook = this.read(id);
    if (webhook === null || webhook.disabled !== null) return null;
    const keyId = keyIdOf(this.ctx.id.name!);
    // With a key end its webhooks.
    const key = keyId === null ? null : await this.env.API_KEYS.getByName(keyId).read();
    return keyId !== null && (key === null || key.revokedAt !== null) ? null : webhook;
  }

  /**
   * Hands events to the objects of those who subscribed, and callbacks to theirs. Told again it is the same: they know
   * events by their ids.
   */
  async publish(publications: Publication[]): Promise<void> {
    const active = this.list().filter(({ disabled }) => disabled === null);
    const handed = active.map(async ({ id, events }) => {
      const wanted = publications.filter(({ event, callbackUrl }) =>
        callbackUrl === null ? events.some((type) => type === event.type) : id === CALLBACKS,
      );
      if (wanted.length > 0) await this.#deliveries(id).accept(wanted);
    });
    await Promise.all(handed);
  }

  #change(id: string, change: (webhook: Webhook) => Webhook): Webhook | null {
    const webhook = this.read(id);
    return webhook && this.#keep(change(webhook));
  }

  #keep(webhook: Webhook): Webhook {
    this.ctx.storage.kv.put(PREFIX + webhook.id, webhook);
    return webhook;
  }

  #deliveries(id: string) {
    return this.env.WEBHOOK_DELIVERIES.getByName(deliveriesName(this.ctx.id.name!, id));
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
