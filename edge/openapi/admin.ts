import * as z from 'zod';
import { MAX_SESSIONS_PAGE } from '../routes/admin-sessions.ts';
import type { Operation, Parameter } from './operation.ts';
import { sessionExportSchema, sessionSchema } from './sessions.ts';

const sessionSummary = z.strictObject({
  id: z.string(),
  object: z.literal('session.summary'),
  key_id: z.string().nullable(),
  created_at: z.int(),
  updated_at: z.int(),
  expires_at: z.int(),
  message_count: z.int(),
  metadata: z.record(z.string(), z.string()),
  metadata_complete: z.boolean().describe('Whether all entries are here: a list has room for 800 bytes.'),
});

const backend = z.strictObject({
  object: z.literal('backend'),
  name: z.string(),
  model: z.string().describe('That it is asked for: where there are two, a backend may be here for each.'),
  url: z.string(),
  weight: z.number(),
  standing: z.enum(['ready', 'paused', 'ejected']),
  in_flight: z.int(),
  waiting: z.number().nullable().describe('In its queue, as it last said.'),
  answered: z.int().describe('By this isolate’s requests, as is all else.'),
  failed: z.int(),
  failures_in_a_row: z.int(),
  ejections_in_a_row: z.int(),
  ejected_until: z.int().nullable(),
  last_answer_at: z.int().nullable(),
  last_failure: z.strictObject({ at: z.int(), reason: z.string() }).nullable(),
});

const times = z
  .strictObject({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() })
  .describe('Milliseconds.');
const minute = z.strictObject({
  requests: z.int(),
  client_errors: z.int(),
  server_errors: z.int(),
  tokens: z.int(),
  request_ms: times,
  model_ms: times,
});
const figures = z.strictObject({
  object: z.literal('figures'),
  as_of: z.int(),
  total: minute,
  minutes: z.array(minute.extend({ at: z.int() })),
  routes: z.array(
    z.strictObject({
      method: z.string(),
      route: z.string(),
      requests: z.int(),
      statuses: z.record(z.string(), z.int()),
      request_ms: times,
    }),
  ),
});

const sessionId: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The session’s id.',
  schema: z.string(),
};
const sessionErrors = ['session_not_found', 'session_store_unavailable'] as const;

/** What the owner sees of everybody's sessions and of the service. */
export const adminOperations: Operation[] = [
  {
    method: 'get',
    path: '/admin/v1/sessions',
    id: 'searchSessions',
    tag: 'Console',
    summary: 'Sessions, by their last message, the newest first',
    description:
      'As they were a minute and a half ago at the worst; an id that is searched for is looked up as it is now. Beyond 5,000 sessions each 5,000 are sorted by themselves.',
    parameters: [
      {
        name: 'limit',
        in: 'query',
        description: 'How many at most.',
        schema: z.int().min(1).max(MAX_SESSIONS_PAGE).default(50),
      },
      { name: 'after', in: 'query', description: '`next` of the page before.', schema: z.string() },
      {
        name: 'key',
        in: 'query',
        description:
          'The id of the key that they were made with, or of the integration whose conversations they are.',
        schema: z.string(),
      },
      {
        name: 'search',
        in: 'query',
        description: 'What stands in their id, their key’s id or their metadata.',
        schema: z.string().max(200),
      },
    ],
    answers: [
      {
        status: 200,
        description: 'A page of them; it may be empty while there is a next one.',
        schema: z.strictObject({
          object: z.literal('list'),
          data: z.array(sessionSummary),
          next: z.string().nullable(),
        }),
      },
    ],
    errors: ['invalid_value', 'unsupported_parameter', 'session_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/sessions/{id}',
    id: 'readSession',
    tag: 'Console',
    summary: 'Anybody’s session with its messages',
    parameters: [sessionId],
    answers: [
      {
        status: 200,
        description: 'The session.',
        schema: sessionSchema.extend({ key_id: z.string().nullable() }),
      },
    ],
    errors: [...sessionErrors],
    access: 'admin',
  },
  {
    method: 'delete',
    path: '/admin/v1/sessions/{id}',
    id: 'eraseSession',
    tag: 'Console',
    summary: 'Erase anybody’s session and all that is held of it',
    parameters: [sessionId],
    answers: [{ status: 204, description: 'It is gone.' }],
    errors: [...sessionErrors],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/sessions/{id}/export',
    id: 'exportAnySession',
    tag: 'Console',
    summary: 'Everything that is held of anybody’s session',
    parameters: [sessionId],
    answers: [
      {
        status: 200,
        description: 'All of it.',
        schema: sessionExportSchema,
        headers: ['content-disposition'],
      },
    ],
    errors: [...sessionErrors],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/backends',
    id: 'listBackends',
    tag: 'Console',
    summary: 'The backends, as the isolate that answers knows them',
    description: 'Cloudflare runs several isolates, and each learns by itself. None is asked: see the probe.',
    answers: [
      {
        status: 200,
        description: 'All of them.',
        schema: z.strictObject({ object: z.literal('list'), model: z.string(), data: z.array(backend) }),
      },
    ],
    errors: [],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/backends/{name}/probe',
    id: 'probeBackend',
    tag: 'Console',
    summary: 'Ask a backend now whether it is ready; one that is out may come back by it',
    parameters: [
      { name: 'name', in: 'path', description: 'The backend’s name.', schema: z.string() },
      {
        name: 'model',
        in: 'query',
        description: 'The model that it is asked about; left out, the first.',
        schema: z.string(),
      },
    ],
    answers: [
      {
        status: 200,
        description: 'What it said.',
        schema: z.strictObject({
          object: z.literal('backend.probe'),
          name: z.string(),
          model: z.string(),
          ready: z.boolean(),
          ms: z.number(),
        }),
      },
    ],
    errors: ['backend_not_found'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/figures',
    id: 'readFigures',
    tag: 'Console',
    summary: 'What was asked within the last hour, of all isolates',
    description:
      'Requests under `/v1`, `/models` and `/webhooks`, some seconds old at the worst. Percentiles are exact to 9 %, by histograms.',
    answers: [
      { status: 200, description: 'The last hour, minute by minute, and its routes.', schema: figures },
    ],
    errors: ['figures_unavailable'],
    access: 'admin',
  },
];
