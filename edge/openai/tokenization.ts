import * as z from 'zod';
import { messagesSchema } from './messages.ts';

/** vLLM's request: a text, or the messages of a chat. */
export const tokenizeSchema = z.strictObject({
  model: z.string().nullish(),
  prompt: z.string().nullish().describe('A text. Either this or `messages`.'),
  messages: messagesSchema.nullish().describe('A chat: the ids that the model would be given to read.'),
  add_special_tokens: z
    .boolean()
    .nullish()
    .describe('Whether a text gets the end token that the model reads.'),
  add_generation_prompt: z.literal(true).nullish(),
  return_token_strs: z
    .boolean()
    .nullish()
    .describe('Whether to tell the text of each token, too: as it stands in a text, "" for a special token.'),
});

const MAX_TOKENS = 4_096;

/** vLLM's request. */
export const detokenizeSchema = z.strictObject({
  model: z.string().nullish(),
  tokens: z.array(z.int().min(0)).max(MAX_TOKENS),
});
