import * as z from 'zod';
import type { Operation } from './operation.ts';

const health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  model: z.string(),
  backends: z.array(z.looseObject({ ready: z.boolean() })),
});

export const serviceOperations: Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'getHealth',
    tag: 'Service',
    summary: 'Whether a message sent now would be answered',
    answers: [
      { status: 200, description: 'It would.', schema: health },
      { status: 503, description: 'The backend is away.', schema: health },
    ],
    errors: [],
    access: 'everybody',
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getDescription',
    tag: 'Service',
    summary: 'This description',
    answers: [{ status: 200, description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) }],
    errors: [],
    access: 'everybody',
  },
];
