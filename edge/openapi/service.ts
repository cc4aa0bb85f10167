import * as z from 'zod';
import type { Operation } from './operation.ts';

/** How a second model stands. */
export const candidate = z.strictObject({
  model: z.string(),
  share: z.number().min(0).max(1).describe('Of the new sessions.'),
  state: z
    .enum(['ready', 'unfit', 'away'])
    .describe('While it is not ready the first model answers in its place.'),
  reason: z.string().nullable(),
});

const health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  version_id: z.string(),
  model: z.string(),
  backends: z.array(z.looseObject({ ready: z.boolean() })),
  candidate: candidate
    .extend({ backends: z.array(z.looseObject({ ready: z.boolean() })) })
    .optional()
    .describe('A second model beside it, where there is one.'),
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
    path: '/metrics',
    id: 'readMetrics',
    tag: 'Service',
    summary: 'What all isolates have counted, for Prometheus',
    description:
      'METRICS_TOKEN opens it, and the admin token. Counts are some seconds old at the worst; backends and the queue are asked now.',
    answers: [
      {
        status: 200,
        description: 'Metrics.',
        other: { mediaType: 'text/plain', description: 'In Prometheus’ text format, 0.0.4.' },
      },
    ],
    errors: ['figures_unavailable'],
    access: 'admin',
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
