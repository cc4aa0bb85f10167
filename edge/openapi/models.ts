import * as z from 'zod';
import { KEPT_DAYS } from '../figures/model-comparison.ts';
import { feedbackSchema } from '../routes/message-feedback.ts';
import { BODY_ERRORS, type Operation } from './operation.ts';

/** What a person thinks of a reply, as it is with the message. */
export const feedback = z.strictObject({
  rating: z.enum(['up', 'down']),
  comment: z.string().nullable(),
  created_at: z.int(),
});

const part = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe('With what it is, with 95 % confidence, at least and at most; null where nothing was rated.');
const share = z.number().min(0).max(1).nullable();
const modelFigures = z.strictObject({
  object: z.literal('model.figures'),
  model: z.string(),
  role: z.enum(['served', 'candidate', 'former']),
  replies: z.int().describe('That it was to give and gave.'),
  reply_ms: z.strictObject({ p50: z.number().nullable(), p95: z.number().nullable() }),
  flagged_share: share.describe('Of its replies, where the word filter passed over something.'),
  fallback_share: share.describe('Of what it was to say, what the served model said in its place.'),
  up: z.int(),
  down: z.int(),
  approval: part,
});

export const feedbackOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/sessions/{id}/messages/{message}/feedback',
    id: 'rateMessage',
    tag: 'Sessions',
    summary: 'What a person thinks of a reply',
    description: 'Said again it takes the place of what was said before.',
    parameters: [
      { name: 'id', in: 'path', description: 'The session’s id.', schema: z.string() },
      { name: 'message', in: 'path', description: 'The reply’s id.', schema: z.string() },
    ],
    body: { schema: feedbackSchema, example: { rating: 'up' } },
    answers: [
      {
        status: 200,
        description: 'It is kept.',
        schema: feedback.extend({
          object: z.literal('session.message.feedback'),
          session_id: z.string(),
          message_id: z.string(),
        }),
      },
    ],
    errors: [...BODY_ERRORS, 'message_not_found', 'session_not_found', 'session_store_unavailable'],
    access: 'key',
  },
];

export const modelOperations: Operation[] = [
  {
    method: 'get',
    path: '/admin/v1/models',
    id: 'compareModels',
    tag: 'Console',
    summary: 'What models did and how they were rated',
    description:
      'Of all isolates, some seconds old at the worst. Percentiles are exact to 9 %, by histograms; intervals are Wilson’s, that of the difference Newcombe’s.',
    parameters: [
      {
        name: 'days',
        in: 'query',
        description: 'How many days back, by UTC, today’s included.',
        schema: z.int().min(1).max(KEPT_DAYS).default(7),
      },
    ],
    answers: [
      {
        status: 200,
        description: 'The models that are served, and what else was served in these days.',
        schema: z.strictObject({
          object: z.literal('model.comparison'),
          as_of: z.int(),
          days: z.int(),
          verdict: z.strictObject({
            outcome: z
              .enum(['better', 'worse', 'undecided'])
              .describe('Whether the candidate is rated better; undecided where that may be chance.'),
            difference: part,
          }),
          data: z.array(modelFigures),
        }),
      },
    ],
    errors: ['invalid_value', 'unsupported_parameter', 'figures_unavailable'],
    access: 'admin',
  },
];
