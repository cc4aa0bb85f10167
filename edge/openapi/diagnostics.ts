import * as z from 'zod';
import type { Operation } from './operation.ts';
import { candidate } from './service.ts';

export const diagnosticsOperations: Operation[] = [
  {
    method: 'get',
    path: '/admin/v1/diagnostics',
    id: 'diagnose',
    tag: 'Console',
    summary: 'Whether what the worker stands on answers, and which secrets it has',
    answers: [
      {
        status: 200,
        description: 'What was found.',
        schema: z.strictObject({
          object: z.literal('diagnostics'),
          version: z.string(),
          model: z.string(),
          candidate: candidate.nullable(),
          time_ms: z.int().describe('The worker’s clock.'),
          development_mode: z.boolean(),
          secrets: z.record(z.string(), z.boolean()).describe('Whether each is there.'),
          stores: z.array(
            z.strictObject({
              name: z.string().describe('The binding’s.'),
              kind: z.enum(['kv', 'durable_object', 'queue']),
              ok: z.boolean(),
              ms: z.int(),
              error: z.string().nullable(),
            }),
          ),
        }),
      },
    ],
    errors: [],
    access: 'admin',
  },
];
