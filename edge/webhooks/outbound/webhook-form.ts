import * as z from 'zod';
import { queryInteger } from '../../query-integer.ts';
import { keptText } from '../../kept-text.ts';
import type { Attempt, Delivery } from './delivery.ts';
import { EVENT_TYPES } from './events.ts';
import { validKeys, type Webhook } from './subscription.ts';

const MAX_KEEP_OLD_SECONDS = 31 * 86_400;
export const MAX_PAGE = 100;

const fields = {
  url: z.string().describe('A public https address.'),
  events: z
    .array(z.enum(EVENT_TYPES))
    .min(1)
    .max(EVENT_TYPES.length)
    .transform((types) => EVENT_TYPES.filter((type) => types.includes(type))),
  description: keptText(200),
};

export const createWebhookSchema = z.strictObject({ ...fields, description: fields.description.default('') });

export const updateWebhookSchema = z.strictObject({
  url: fields.url.exactOptional(),
  events: fields.events.exactOptional(),
  description: fields.description.exactOptional(),
  enabled: z.boolean().exactOptional().describe('Also takes up one again that was disabled by itself.'),
});

export const rotateWebhookSchema = z.strictObject({
  keep_old_seconds: z
    .number()
    .int()
    .min(0)
    .max(MAX_KEEP_OLD_SECONDS)
    .default(86_400)
    .describe('How long the old keys sign too.'),
});

export const deliveryPageSchema = z.strictObject({
  status: z.enum(['pending', 'delivered', 'failed']).optional(),
  limit: queryInteger().min(1).max(MAX_PAGE).default(20),
  after: z.string().max(100).optional(),
});

/** A webhook as the public API shows it. @param now seconds since 1970 */
export function publicWebhook(webhook: Webhook, now: number) {
  const { id, url, events, description, createdAt, disabled } = webhook;
  const [newest, ...old] = validKeys(webhook, now);
  return {
    id,
    object: 'webhook' as const,
    url,
    events,
    description,
    enabled: disabled === null,
    disabled_reason: disabled?.reason ?? null,
    disabled_at: disabled?.at ?? null,
    public_key: newest!.publicKey,
    old_keys_valid_until: old.length === 0 ? null : Math.max(...old.map(({ expiresAt }) => expiresAt ?? 0)),
    created_at: createdAt,
  };
}

export function publicDelivery({ event, callbackUrl, status, failure, attempts, wakeAt }: Delivery) {
  const last = attempts.at(-1);
  return {
    id: event.id,
    object: 'webhook.delivery' as const,
    type: event.type,
    data: event.data,
    callback_url: callbackUrl,
    status,
    failure,
    created_at: seconds(event.at),
    last_attempt: last === undefined ? null : publicAttempt(last),
    next_attempt_at: status === 'pending' ? seconds(wakeAt) : null,
    kept_until: status === 'pending' ? null : seconds(wakeAt),
  };
}

/** With its newest attempts, oldest first. */
export function publicDeliveryDetail(delivery: Delivery) {
  return { ...publicDelivery(delivery), attempts: delivery.attempts.map(publicAttempt) };
}

function publicAttempt({ at, ms, status, error, response }: Attempt) {
  return { at: seconds(at), duration_ms: ms, status, error, response };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
