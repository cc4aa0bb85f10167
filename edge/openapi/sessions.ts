import * as z from 'zod';
import { ERRORS } from '../errors.ts';
import { MAX_PAGE, sessionMessageSchema } from '../routes/session-messages.ts';
import { newSessionSchema, sessionFieldsSchema } from '../routes/sessions.ts';
import { feedback } from './models.ts';
import { describedMessages, usageSchema } from './openai.ts';
import {
  BODY_ERRORS,
  MODEL_ERRORS,
  MODEL_HEADERS,
  QUOTA_HEADERS,
  type Operation,
  type Parameter,
} from './operation.ts';

// The edge's owner may keep sessions for a shorter time.
const fields = sessionFieldsSchema(Number.MAX_SAFE_INTEGER);
const newFields = newSessionSchema(Number.MAX_SAFE_INTEGER);

const head = {
  object: z.literal('session.message'),
  id: z.string(),
  session_id: z.string(),
  created_at: z.int(),
};
const message = z.strictObject({
  ...head,
  status: z.literal('completed'),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  model: z.string().optional().describe('The model that gave it; of replies, since there may be two.'),
  feedback: feedback.optional(),
});
const reply = message.extend({
  role: z.literal('assistant'),
  finish_reason: z.enum(['stop', 'length', 'content_filter']),
  dropped_turns: z.int().min(0).describe('How many of the oldest turns the model was not given.'),
  truncated: z.boolean().describe('Whether the model was given only the end of the message.'),
  usage: usageSchema,
  stored: z.boolean().describe('Whether the session has it; false where its storage was away.'),
});
const queued = z.strictObject({ ...head, status: z.literal('queued'), role: z.literal('assistant') });
const failed = z.strictObject({
  ...head,
  status: z.literal('failed'),
  role: z.literal('assistant'),
  error: z.strictObject({ code: z.enum(Object.keys(ERRORS)), message: z.string() }),
});

export const sessionSchema = z.strictObject({
  id: z.string(),
  object: z.literal('session'),
  model: z.string().optional().describe('The model that it is on, since there may be two.'),
  persona: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  messages: z.array(message),
  created_at: z.int(),
  expires_at: z.int(),
  ttl_seconds: z.int(),
});
export const sessionExportSchema = sessionSchema.extend({
  object: z.literal('session.export'),
  exported_at: z.int(),
  key_id: z.string().nullable(),
  revision: z.int(),
  messages: z.array(message.extend({ token_ids: z.array(z.int()).optional() })),
  turns: z
    .array(z.looseObject({}))
    .describe('What is remembered of idempotency keys and of replies nobody waited for.'),
});

const id: Parameter = { name: 'id', in: 'path', description: 'The session’s id.', schema: z.string() };
const sessionErrors = ['session_not_found', 'session_store_unavailable'] as const;

export const sessionOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/sessions',
    id: 'createSession',
    tag: 'Sessions',
    summary: 'A new conversation',
    description:
      'Each request makes another: `Idempotency-Key` is for messages. One whose answer was lost stays empty, and expires.',
    body: {
      schema: newFields,
      example: { persona: ['i have a dog named biscuit.', 'i live in norway.'] },
      optional: true,
    },
    answers: [
      {
        status: 201,
        description: 'The session.',
        schema: sessionSchema,
        headers: [...QUOTA_HEADERS, 'location'],
      },
    ],
    errors: [...BODY_ERRORS, 'persona_too_long', 'model_not_found', 'session_store_unavailable'],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}',
    id: 'retrieveSession',
    tag: 'Sessions',
    summary: 'A session with its newest messages',
    parameters: [id],
    answers: [{ status: 200, description: 'The session.', schema: sessionSchema }],
    errors: [...sessionErrors],
    access: 'key',
  },
  {
    method: 'patch',
    path: '/v1/sessions/{id}',
    id: 'updateSession',
    tag: 'Sessions',
    summary: 'Change persona, metadata or expiry',
    parameters: [id],
    body: { schema: fields, example: { metadata: { topic: 'dogs' } } },
    answers: [{ status: 200, description: 'The session.', schema: sessionSchema }],
    errors: [...BODY_ERRORS, ...sessionErrors, 'persona_too_long'],
    access: 'key',
  },
  {
    method: 'delete',
    path: '/v1/sessions/{id}',
    id: 'deleteSession',
    tag: 'Sessions',
    summary: 'Erase a session and all that is held of it',
    parameters: [id],
    answers: [{ status: 204, description: 'It is gone.' }],
    errors: [...sessionErrors],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}/export',
    id: 'exportSession',
    tag: 'Sessions',
    summary: 'Everything that is held of a session',
    parameters: [id],
    answers: [
      {
        status: 200,
        description: 'All of it.',
        schema: sessionExportSchema,
        headers: ['content-disposition'],
      },
    ],
    errors: [...sessionErrors],
    access: 'key',
  },
  {
    method: 'post',
    path: '/v1/sessions/{id}/messages',
    id: 'createMessage',
    tag: 'Sessions',
    summary: 'Say something, and get the reply',
    parameters: [
      id,
      {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'The same key with the same body gets the same reply, for a day.',
        schema: z.string().regex(/^[!-~]{1,255}$/),
      },
      {
        name: 'Prefer',
        in: 'header',
        description: '`respond-async` is the same as `"async": true`.',
        schema: z.string(),
      },
    ],
    body: {
      schema: sessionMessageSchema.extend({ messages: describedMessages.nullish() }),
      example: { content: 'Do you have any pets?' },
    },
    answers: [
      {
        status: 200,
        description: 'The reply.',
        schema: reply,
        other: {
          mediaType: 'text/event-stream',
          description:
            'With `"stream": true`: `session.message.delta` for each word, the reply, `[DONE]`; `{"error": …}` where it breaks off.',
        },
        headers: [...MODEL_HEADERS, 'idempotent-replayed', 'preference-applied'],
      },
      {
        status: 202,
        description: 'The reply will be at the address in `location`.',
        schema: queued,
        headers: ['location', 'retry-after', 'preference-applied'],
      },
    ],
    errors: [
      ...BODY_ERRORS,
      ...MODEL_ERRORS,
      ...sessionErrors,
      'idempotency_key_reused',
      'session_busy',
      'turn_superseded',
      'secret_key_required',
      'webhooks_unavailable',
      'webhook_store_unavailable',
    ],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}/messages',
    id: 'listMessages',
    tag: 'Sessions',
    summary: 'What was said, oldest first',
    parameters: [
      id,
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
        description: 'A page of it.',
        schema: z.strictObject({
          object: z.literal('list'),
          data: z.array(message),
          first_id: z.string().nullable(),
          last_id: z.string().nullable(),
          has_more: z.boolean(),
        }),
      },
    ],
    errors: ['invalid_value', 'unsupported_parameter', ...sessionErrors],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}/messages/{message}',
    id: 'retrieveMessage',
    tag: 'Sessions',
    summary: 'One message, or how far its reply is',
    parameters: [id, { name: 'message', in: 'path', description: 'The message’s id.', schema: z.string() }],
    answers: [
      {
        status: 200,
        description: 'The message.',
        schema: z.union([reply, message, queued, failed]),
        headers: ['retry-after'],
      },
    ],
    errors: ['message_not_found', ...sessionErrors],
    access: 'key',
  },
];
