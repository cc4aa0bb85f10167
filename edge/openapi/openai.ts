import * as z from 'zod';
import { chatCompletionSchema } from '../openai/chat-completion.ts';
import { completionSchema } from '../openai/completion.ts';
import { MAX_MESSAGES, MAX_PARTS, messageSchema, partSchema } from '../openai/messages.ts';
import { BODY_ERRORS, MODEL_ERRORS, MODEL_HEADERS, type Operation } from './operation.ts';

/** The list as a whole: requests' messages and their parts are parsed one by one, up to the first that is wrong. */
export const describedMessages = z
  .array(messageSchema.extend({ content: z.union([z.string(), z.array(partSchema).max(MAX_PARTS)]) }))
  .min(1)
  .max(MAX_MESSAGES)
  .describe('Oldest first; the last is the user’s. System and developer messages are the persona.');

const finishReason = z.enum(['stop', 'length', 'content_filter']);
const usage = z.strictObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  total_tokens: z.int().min(0),
});
export const usageSchema = usage;

const chatLogprobs = z.strictObject({
  content: z.array(
    z.strictObject({
      token: z.string(),
      logprob: z.number(),
      bytes: z.array(z.int().min(0).max(255)).nullable(),
      top_logprobs: z.array(z.never()),
    }),
  ),
  refusal: z.null(),
});

const chatCompletionAnswer = z.strictObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.strictObject({
      index: z.int().min(0),
      message: z.strictObject({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      finish_reason: finishReason,
      logprobs: chatLogprobs.nullable(),
    }),
  ),
  usage,
});

const completionAnswer = z.strictObject({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.strictObject({
      index: z.int().min(0),
      text: z.string(),
      finish_reason: finishReason,
      logprobs: z
        .strictObject({
          tokens: z.array(z.string()),
          token_logprobs: z.array(z.number()),
          top_logprobs: z.null(),
          text_offset: z.array(z.int().min(0)),
        })
        .nullable(),
    }),
  ),
  usage,
});

const model = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  max_model_len: z.int(),
});

const events = {
  mediaType: 'text/event-stream',
  description:
    'With `"stream": true`: a `data:` line of JSON for each piece, `[DONE]` at the end, `{"error": …}` where it breaks off.',
};

export const openaiOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    id: 'createChatCompletion',
    tag: 'OpenAI',
    summary: 'What the model says in a chat',
    description:
      'The client keeps the conversation. Without parameters the model’s recommended generation holds; `temperature` above 0, or `top_p`, `top_k` or `min_p` alone, draw.',
    body: {
      schema: chatCompletionSchema.extend({ messages: describedMessages }),
      example: { messages: [{ role: 'user', content: 'Hello! Do you have any pets?' }] },
    },
    answers: [
      {
        status: 200,
        description: 'The reply.',
        schema: chatCompletionAnswer,
        other: events,
        headers: MODEL_HEADERS,
      },
    ],
    errors: [...BODY_ERRORS, ...MODEL_ERRORS, 'persona_too_long'],
    access: 'key',
  },
  {
    method: 'post',
    path: '/v1/completions',
    id: 'createCompletion',
    tag: 'OpenAI',
    summary: 'What the model says to a text or to token ids',
    body: { schema: completionSchema, example: { prompt: 'Hello! Do you have any pets?' } },
    answers: [
      {
        status: 200,
        description: 'The replies.',
        schema: completionAnswer,
        other: events,
        headers: MODEL_HEADERS,
      },
    ],
    errors: [...BODY_ERRORS, ...MODEL_ERRORS],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'listModels',
    tag: 'OpenAI',
    summary: 'The models that are served',
    answers: [
      {
        status: 200,
        description: 'A list of one, or of two that are compared.',
        schema: z.strictObject({ object: z.literal('list'), data: z.array(model) }),
      },
    ],
    errors: [],
    access: 'key',
  },
  {
    method: 'get',
    path: '/v1/models/{id}',
    id: 'retrieveModel',
    tag: 'OpenAI',
    summary: 'One model',
    parameters: [{ name: 'id', in: 'path', description: 'Its name.', schema: z.string() }],
    answers: [{ status: 200, description: 'The model.', schema: model }],
    errors: ['model_not_found'],
    access: 'key',
  },
];
