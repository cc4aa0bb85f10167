import * as z from 'zod';
import type { Operation, Parameter } from './operation.ts';

const integration: Parameter = {
  name: 'integration',
  in: 'path',
  description: 'The integration’s id.',
  schema: z.string(),
};

const answers: Operation['answers'] = [
  {
    status: 200,
    description: 'What the channel wants to hear: nothing, an acknowledgement, a challenge or a reply.',
  },
];

const errors = [
  'malformed_payload',
  'invalid_signature',
  'request_too_large',
  'rate_limit_exceeded',
  'inbox_full',
  'inbox_unavailable',
] as const;

export const inboundOperations: Operation[] = [
  {
    method: 'post',
    path: '/webhooks/{integration}',
    id: 'receiveEvent',
    tag: 'Webhooks',
    summary: 'What somebody said, told by the channel where it was said',
    description:
      'The body and its signature are the channel’s own. It is answered once the message is kept, before there is a reply to it.',
    parameters: [integration],
    answers,
    errors: [...errors],
    access: 'everybody',
  },
  {
    method: 'get',
    path: '/webhooks/{integration}',
    id: 'answerChallenge',
    tag: 'Webhooks',
    summary: 'A channel’s question whether the integration is here',
    parameters: [integration],
    answers,
    errors: [...errors],
    access: 'everybody',
  },
];
