import * as z from 'zod';
import { createKeySchema, rotateKeySchema, updateKeySchema } from '../keys/key-form.ts';
import { QUOTA_NAMES } from '../limits/key-limits.ts';
import { sessionTokenSchema } from '../routes/session-tokens.ts';
import { BODY_ERRORS, type Operation, type Parameter } from './operation.ts';
import { standing } from './standing.ts';

const quota = z.strictObject({ limit: z.int(), window_seconds: z.int() }).nullable();
const key = z.strictObject({
  id: z.string(),
  object: z.literal('key'),
  kind: z.enum(['secret', 'publishable']),
  name: z.string(),
  safety: z.boolean(),
  origins: z.array(z.string()),
  limits: z.strictObject(Object.fromEntries(QUOTA_NAMES.map((name) => [name, quota]))),
  created_at: z.int(),
  revoked_at: z.int().nullable(),
  old_key_valid_until: z.int().nullable(),
});
const withText = key.extend({ key: z.string().describe('The key itself: it is told here alone.') });

const id: Parameter = { name: 'id', in: 'path', description: 'The key’s id.', schema: z.string() };
const shown = { status: 200, description: 'The key.', schema: key };

export const keyOperations: Operation[] = [
  {
    method: 'post',
    path: '/admin/v1/keys',
    id: 'createKey',
    tag: 'Keys',
    summary: 'Make a key',
    body: { schema: createKeySchema, example: { kind: 'secret', name: 'my server' } },
    answers: [{ status: 201, description: 'The key.', schema: withText, headers: ['location'] }],
    errors: [...BODY_ERRORS, 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/keys',
    id: 'listKeys',
    tag: 'Keys',
    summary: 'All keys, as they were a minute ago at the worst',
    parameters: [
      { name: 'after', in: 'query', description: '`next` of the page before.', schema: z.string() },
    ],
    answers: [
      {
        status: 200,
        description: 'A page of them.',
        schema: z.strictObject({
          object: z.literal('list'),
          data: z.array(key),
          next: z.string().nullable(),
        }),
      },
    ],
    errors: ['invalid_value', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/keys/{id}',
    id: 'retrieveKey',
    tag: 'Keys',
    summary: 'One key',
    parameters: [id],
    answers: [shown],
    errors: ['key_not_found', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/keys/{id}/usage',
    id: 'readKeyUsage',
    tag: 'Keys',
    summary: 'How a key’s own quotas stand now',
    description: 'Those of its sessions are each session’s own.',
    parameters: [id],
    answers: [
      {
        status: 200,
        description: 'Each quota that it has.',
        schema: z.strictObject({
          object: z.literal('key.usage'),
          quotas: z.array(standing),
        }),
      },
    ],
    errors: ['key_not_found', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'patch',
    path: '/admin/v1/keys/{id}',
    id: 'updateKey',
    tag: 'Keys',
    summary: 'Change what a key may do',
    parameters: [id],
    body: {
      schema: updateKeySchema,
      example: { limits: { requests: { limit: 1000, window_seconds: 86_400 } } },
    },
    answers: [shown],
    errors: [...BODY_ERRORS, 'key_not_found', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/keys/{id}/rotate',
    id: 'rotateKey',
    tag: 'Keys',
    summary: 'Give a key another text; the old one stays valid for a while',
    parameters: [id],
    body: { schema: rotateKeySchema, example: { keep_old_seconds: 3_600 }, optional: true },
    answers: [{ status: 200, description: 'The key.', schema: withText }],
    errors: [...BODY_ERRORS, 'key_not_found', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/keys/{id}/revoke',
    id: 'revokeKey',
    tag: 'Keys',
    summary: 'Revoke a key for good; it stays listed',
    parameters: [id],
    answers: [shown],
    errors: ['key_not_found', 'key_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/v1/session-tokens',
    id: 'createSessionToken',
    tag: 'Keys',
    summary: 'Trade a publishable key for a browser’s short-lived token',
    body: { schema: sessionTokenSchema, example: {}, optional: true },
    answers: [
      {
        status: 201,
        description: 'The token.',
        schema: z.strictObject({
          object: z.literal('session_token'),
          token: z.string(),
          session_id: z.string().nullable(),
          expires_at: z.int(),
        }),
      },
    ],
    errors: [
      ...BODY_ERRORS,
      'publishable_key_required',
      'turnstile_failed',
      'turnstile_unavailable',
      'session_tokens_unavailable',
    ],
    access: 'key',
  },
];
