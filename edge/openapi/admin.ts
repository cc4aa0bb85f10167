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
        description: 'The id of the key that they were made with.',
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
];
