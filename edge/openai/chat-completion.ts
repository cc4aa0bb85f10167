import * as z from 'zod';
import type { Reply } from '../conversation/reply.ts';
import { parseInput } from '../request-body.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { generationFields } from './generation-fields.ts';
import { messagesSchema } from './messages.ts';
import { askerFields, neutralChatFields } from './neutral-fields.ts';
import { pieces } from './pieces.ts';
import { streamFields } from './stream-fields.ts';
import { chatLogprobs, type TokenLogprob, tokenLogprobs } from './token-logprobs.ts';
import { usage } from './usage.ts';

export const chatCompletionSchema = z.strictObject({
  model: z.string().nullish(),
  messages: messagesSchema,
  ...streamFields,
  ...generationFields,
  ...askerFields,
  no_repeat_replies: z
    .boolean()
    .nullish()
    .describe(
      'Whether a reply that stands in `messages` already gives way to another beam, as in a session.',
    ),
  ...neutralChatFields,
});

/** @throws {ApiError} */
export function parseChatCompletionRequest(body: unknown): z.infer<typeof chatCompletionSchema> {
  return parseInput(chatCompletionSchema, body, { neutral: neutralChatFields });
}

export interface ChatCompletion {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
  replies: Reply[];
  promptTokens: number;
}

/** OpenAI's answer, with every field that its SDKs declare as always there. */
export function chatCompletion(completion: ChatCompletion, tokenizer: Tokenizer) {
  const { id, created, model, replies, promptTokens } = completion;
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model,
    choices: replies.map((reply, index) => ({
      index,
      message: { role: 'assistant' as const, content: reply.text, refusal: null },
      finish_reason: reply.finishReason,
      logprobs: chatLogprobs(tokenLogprobs(reply, tokenizer)),
    })),
    usage: usage(replies, promptTokens),
  };
}

/** The same as the events of a stream: for each choice its role, its words and how it ended, then the usage. */
export function* chatCompletionChunks(
  completion: ChatCompletion,
  { tokenizer, includeUsage }: { tokenizer: Tokenizer; includeUsage: boolean },
) {
  const { id, created, model, replies, promptTokens } = completion;
  const chunk = (choices: object[]) => {
    const head = { id, object: 'chat.completion.chunk' as const, created, model, choices };
    return includeUsage ? { ...head, usage: null } : head;
  };
  const choice = (
    index: number,
    delta: object,
    { finishReason = null, tokens = null }: { finishReason?: string | null; tokens?: TokenLogprob[] | null },
  ) => chunk([{ index, delta, finish_reason: finishReason, logprobs: chatLogprobs(tokens) }]);

  for (const [index, reply] of replies.entries()) {
    yield choice(index, { role: 'assistant', content: '' }, {});
    for (const { text, tokens } of pieces(reply.text, tokenLogprobs(reply, tokenizer))) {
      yield choice(index, { content: text }, { tokens });
    }
    yield choice(index, {}, { finishReason: reply.finishReason });
  }
  if (includeUsage) yield { ...chunk([]), usage: usage(replies, promptTokens) };
}
