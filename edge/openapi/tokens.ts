import * as z from 'zod';
import { detokenizeSchema, tokenizeSchema } from '../openai/tokenization.ts';
import { describedMessages } from './openai.ts';
import { BODY_ERRORS, type Operation } from './operation.ts';

export const tokenOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/tokenize',
    id: 'tokenize',
    tag: 'Tokens',
    summary: 'The token ids of a text, or what the model reads of a chat',
    body: {
      schema: tokenizeSchema.extend({ messages: describedMessages.nullish() }),
      example: { prompt: 'Hello there!' },
    },
    answers: [
      {
        status: 200,
        description: 'The ids.',
        schema: z.strictObject({
          count: z.int().min(0),
          max_model_len: z.int().describe('How many tokens the model reads.'),
          tokens: z.array(z.int().min(0)),
          token_strs: z.array(z.string()).nullable(),
        }),
        headers: ['x-tandem-dropped-turns', 'x-tandem-truncated'],
      },
    ],
    errors: [...BODY_ERRORS, 'empty_message', 'message_too_long', 'persona_too_long', 'model_not_found'],
    access: 'key',
  },
  {
    method: 'post',
    path: '/v1/detokenize',
    id: 'detokenize',
    tag: 'Tokens',
    summary: 'The text of token ids',
    body: { schema: detokenizeSchema, example: { tokens: [300, 301] } },
    answers: [
      {
        status: 200,
        description: 'The text, without special tokens.',
        schema: z.strictObject({ prompt: z.string() }),
      },
    ],
    errors: [...BODY_ERRORS, 'model_not_found'],
    access: 'key',
  },
];
