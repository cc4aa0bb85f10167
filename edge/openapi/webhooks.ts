import * as z from 'zod';
import { EVENT_TYPES } from '../webhooks/outbound/events.ts';
import {
  createWebhookSchema,
  deliveryPageSchema,
  MAX_PAGE,
  rotateWebhookSchema,
  updateWebhookSchema,
} from '../webhooks/outbound/webhook-form.ts';
import { BODY_ERRORS, type Operation, type Parameter } from './operation.ts';

const webhook = z.strictObject({
  id: z.string(),
  object: z.literal('webhook'),
  url: z.string().nullable().describe('Null for `callbacks`: each has an address of its own.'),
  events: z.array(z.enum(EVENT_TYPES)),
  description: z.string(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(['owner', 'gone', 'failing'])
    .nullable()
    .describe('`gone`: the receiver answered 410. `failing`: nothing got through for as long as is tried.'),
  disabled_at: z.int().nullable(),
  public_key: z.string().describe('`whpk_…`, by which signatures `v1a` are checked.'),
  old_keys_valid_until: z.int().nullable(),
  created_at: z.int(),
});
const withSecret = webhook.extend({
  secret: z.string().describe('`whsec_…`, by which signatures `v1` are checked: it is told here alone.'),
});

const attempt = z.strictObject({
  at: z.int(),
  duration_ms: z.int(),
  status: z.int().nullable().describe('Of the answer; null where there was none.'),
  error: z.string().nullable(),
  response: z.string().describe('The beginning of the answer.'),
});
const delivery = z.strictObject({
  id: z.string().describe('The event’s id, which is the `webhook-id` of each attempt.'),
  object: z.literal('webhook.delivery'),
  type: z.enum([...EVENT_TYPES, 'message.failed', 'webhook.test']),
  data: z.looseObject({}),
  callback_url: z.string().nullable(),
  status: z.enum(['pending', 'delivered', 'failed']),
  failure: z.enum(['attempts', 'gone', 'disabled', 'refused', 'erased']).nullable(),
  created_at: z.int(),
  last_attempt: attempt.nullable(),
  next_attempt_at: z.int().nullable(),
  kept_until: z.int().nullable(),
});
const deliveryDetail = delivery.extend({ attempts: z.array(attempt) });

const id: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The webhook’s id, or `callbacks`.',
  schema: z.string(),
};
const deliveryId: Parameter = {
  name: 'delivery',
  in: 'path',
  description: 'The event’s id.',
  schema: z.string(),
};
const STORE = ['webhook_store_unavailable'] as const;
const ONE = ['webhook_not_found', ...STORE] as const;

const operations: Omit<Operation, 'tag' | 'access'>[] = [
  {
    method: 'post',
    path: '',
    id: 'createWebhook',
    summary: 'Be told of what happens',
    description: 'Sent and signed as the Standard Webhooks say.',
    body: {
      schema: createWebhookSchema,
      example: { url: 'https://example.com/hook', events: ['message.replied'] },
    },
    answers: [{ status: 201, description: 'The webhook.', schema: withSecret, headers: ['location'] }],
    errors: [...BODY_ERRORS, 'too_many_webhooks', 'webhooks_unavailable', ...STORE],
  },
  {
    method: 'get',
    path: '',
    id: 'listWebhooks',
    summary: 'All webhooks of the key',
    answers: [
      {
        status: 200,
        description: 'All of them.',
        schema: z.strictObject({ object: z.literal('list'), data: z.array(webhook) }),
      },
    ],
    errors: STORE,
  },
  {
    method: 'get',
    path: '/{id}',
    id: 'retrieveWebhook',
    summary: 'One webhook',
    parameters: [id],
    answers: [{ status: 200, description: 'The webhook.', schema: webhook }],
    errors: ONE,
  },
  {
    method: 'patch',
    path: '/{id}',
    id: 'updateWebhook',
    summary: 'Change a webhook, disable it or enable it again',
    parameters: [id],
    body: { schema: updateWebhookSchema, example: { events: ['message.replied', 'session.expired'] } },
    answers: [{ status: 200, description: 'The webhook.', schema: webhook }],
    errors: [...BODY_ERRORS, ...ONE],
  },
  {
    method: 'delete',
    path: '/{id}',
    id: 'deleteWebhook',
    summary: 'Delete a webhook and its deliveries',
    parameters: [id],
    answers: [{ status: 204, description: 'It is gone.' }],
    errors: ONE,
  },
  {
    method: 'post',
    path: '/{id}/rotate',
    id: 'rotateWebhook',
    summary: 'Give a webhook new keys; the old ones sign too for a while',
    description: 'The keys of `callbacks` are made by it where there are none yet.',
    parameters: [id],
    body: { schema: rotateWebhookSchema, example: { keep_old_seconds: 3_600 }, optional: true },
    answers: [{ status: 200, description: 'The webhook.', schema: withSecret }],
    errors: [...BODY_ERRORS, 'webhooks_unavailable', ...ONE],
  },
  {
    method: 'post',
    path: '/{id}/test',
    id: 'testWebhook',
    summary: 'Send an event of the type `webhook.test`, once, and see what comes of it',
    parameters: [id],
    answers: [{ status: 200, description: 'The delivery, with its attempt.', schema: deliveryDetail }],
    errors: ['invalid_value', ...ONE],
  },
  {
    method: 'post',
    path: '/{id}/replay',
    id: 'replayFailedDeliveries',
    summary: 'Send all failed deliveries anew',
    parameters: [id],
    answers: [
      {
        status: 202,
        description: 'How many there were.',
        schema: z.strictObject({ object: z.literal('webhook.replay'), deliveries: z.int() }),
      },
    ],
    errors: ['webhook_disabled', ...ONE],
  },
  {
    method: 'get',
    path: '/{id}/deliveries',
    id: 'listDeliveries',
    summary: 'What was sent or is to be, newest first',
    description: 'What arrived is kept for three days, what failed for 30.',
    parameters: [
      id,
      {
        name: 'status',
        in: 'query',
        description: 'These alone.',
        schema: deliveryPageSchema.shape.status.unwrap(),
      },
      {
        name: 'limit',
        in: 'query',
        description: 'How many at most.',
        schema: z.int().min(1).max(MAX_PAGE).default(20),
      },
      { name: 'after', in: 'query', description: '`last_id` of the page before.', schema: z.string() },
    ],
    answers: [
      {
        status: 200,
        description: 'A page of them.',
        schema: z.strictObject({
          object: z.literal('list'),
          data: z.array(delivery),
          first_id: z.string().nullable(),
          last_id: z.string().nullable(),
          has_more: z.boolean(),
        }),
      },
    ],
    errors: ['invalid_value', 'unsupported_parameter', ...ONE],
  },
  {
    method: 'get',
    path: '/{id}/deliveries/{delivery}',
    id: 'retrieveDelivery',
    summary: 'One delivery with its attempts',
    parameters: [id, deliveryId],
    answers: [{ status: 200, description: 'The delivery.', schema: deliveryDetail }],
    errors: ['delivery_not_found', ...ONE],
  },
  {
    method: 'post',
    path: '/{id}/deliveries/{delivery}/replay',
    id: 'replayDelivery',
    summary: 'Send one delivery anew, with the same id',
    parameters: [id, deliveryId],
    answers: [{ status: 202, description: 'The delivery.', schema: deliveryDetail }],
    errors: ['delivery_not_found', 'webhook_disabled', ...ONE],
  },
];

const key: Parameter = {
  name: 'key',
  in: 'path',
  description: 'The id of the key whose webhooks these are; `development` in development mode.',
  schema: z.string(),
};

/** A key's own webhooks, and any key's for who has the admin token: the same twice. */
export const webhookOperations: Operation[] = [
  ...operations.map(({ path, errors, ...operation }) => ({
    ...operation,
    path: `/v1/webhooks${path}`,
    tag: 'Webhooks' as const,
    errors: [...errors, 'secret_key_required' as const],
    access: 'key' as const,
  })),
  ...operations.map(({ path, errors, parameters = [], id: name, summary, ...operation }) => ({
    ...operation,
    id: `${name}OfKey`,
    summary: `Of any key: ${summary[0]!.toLowerCase()}${summary.slice(1)}`,
    path: `/admin/v1/keys/{key}/webhooks${path}`,
    parameters: [key, ...parameters],
    tag: 'Webhooks' as const,
    errors: [...errors, 'key_not_found' as const],
    access: 'admin' as const,
  })),
];
