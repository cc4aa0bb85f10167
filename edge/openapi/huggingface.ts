import * as z from 'zod';
import { huggingFaceSchema } from '../huggingface/request.ts';
import { BODY_ERRORS, MODEL_ERRORS, MODEL_HEADERS, type Operation } from './operation.ts';

const text = z.strictObject({ generated_text: z.string() });
const conversation = z.strictObject({
  generated_text: z.string(),
  conversation: z.strictObject({
    past_user_inputs: z.array(z.string()),
    generated_responses: z.array(z.string()),
  }),
  warnings: z.array(z.string()),
});

export const huggingFaceOperations: Operation[] = [
  {
    method: 'post',
    path: '/models/{id}',
    id: 'runInference',
    tag: 'Hugging Face',
    summary: 'text2text-generation, or a turn of the old conversational form',
    parameters: [
      {
        name: 'id',
        in: 'path',
        description: 'The model’s name, which may have its owner on the hub before it.',
        schema: z.string(),
      },
    ],
    body: { schema: huggingFaceSchema, example: { inputs: 'Hello! Do you have any pets?' } },
    answers: [
      {
        status: 200,
        description:
          'A text for each reply (a list for each input where those have several), or the conversation.',
        schema: z.union([z.array(z.union([text, z.array(text)])), conversation]),
        headers: MODEL_HEADERS,
      },
    ],
    errors: [...BODY_ERRORS, ...MODEL_ERRORS, 'not_found'],
    access: 'key',
  },
];
