import type { Command } from 'commander';
import * as z from 'zod';
import { plainLine } from '../../terminal/plain-text.ts';
import { minuteOf } from '../../terminal/times.ts';
import { type EdgeOptions, withEdgeOptions } from '../admin-client.ts';

/** A webhook as the admin API shows it. */
export const webhookSchema = z.looseObject({
  id: z.string(),
  url: z.string().nullable(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable(),
  disabled_at: z.number().nullable(),
  public_key: z.string(),
  created_at: z.number(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** With the secret, as it is shown once. */
export const newWebhookSchema = webhookSchema.extend({ secret: z.string() });

const attemptSchema = z.looseObject({
  at: z.number(),
  duration_ms: z.number(),
  status: z.number().nullable(),
  error: z.string().nullable(),
  response: z.string(),
});
export const deliverySchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  callback_url: z.string().nullable(),
  status: z.string(),
  failure: z.string().nullable(),
  created_at: z.number(),
  last_attempt: attemptSchema.nullable(),
  next_attempt_at: z.number().nullable(),
  kept_until: z.number().nullable(),
});
export const deliveryDetailSchema = deliverySchema.extend({ attempts: z.array(attemptSchema) });
export type Delivery = z.infer<typeof deliverySchema>;

export interface WebhookOptions extends EdgeOptions {
  key: string;
}

/** Adds the options that every command of webhooks has; `result` is what it answers with `--json`. */
export function withWebhookOptions(command: Command, result: string): Command {
  return withEdgeOptions(command, result).option(
    '--key <id>',
    'whose webhooks: a key of "tandem keys list"',
    'development',
  );
}

/** The path of a key's webhooks, or of what is below: whatever is no id is refused there. */
export function webhookPath({ key }: Pick<WebhookOptions, 'key'>, ...below: string[]): string {
  return ['admin/v1/keys', key, 'webhooks', ...below]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

export function describeWebhook(webhook: Webhook): string {
  const { id, url, events, enabled, disabled_reason, disabled_at, public_key } = webhook;
  const since = disabled_at === null ? '' : ` since ${minuteOf(disabled_at)}`;
  return [
    `${id}: ${events.join(', ') || 'callbacks'} to ${url === null ? 'what each message names' : plainLine(url)}`,
    enabled ? 'enabled' : `disabled${since} (${disabled_reason})`,
    `public key: ${public_key}`,
  ].join('\n');
}

export function describeDelivery(delivery: z.infer<typeof deliveryDetailSchema>): string {
  const { id, type, data, callback_url, kept_until } = delivery;
  const facts = [
    ...Object.entries(data).map(([name, value]) => `${name}: ${plainLine(String(value))}`),
    ...(callback_url === null ? [] : [`to ${plainLine(callback_url)}`]),
    ...(kept_until === null ? [] : [`kept until ${minuteOf(kept_until)}`]),
  ];
  const attempts = delivery.attempts.map(({ at, status, error, duration_ms, response }) =>
    plainLine(`${minuteOf(at)}  ${status ?? error}, after ${duration_ms} ms  ${response}`),
  );
  return [`${id}: ${type}, ${outcomeOf(delivery)}`, ...facts, ...attempts].join('\n');
}

export function outcomeOf({ status, failure, next_attempt_at }: Delivery): string {
  if (failure !== null) return `${status} (${failure})`;
  return next_attempt_at === null ? status : `${status}, next ${minuteOf(next_attempt_at)}`;
}
