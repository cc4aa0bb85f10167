import * as z from 'zod';
import type { Replies } from '../conversation/reply.ts';
import { parseInput } from '../request-body.ts';
import { messagesSchema } from './messages.ts';
import { NEUTRAL_PARAMETERS, refuseUnsupported } from './neutral-parameters.ts';
import { generationFields } from './parameters.ts';

const requestSchema = z.object({
  model: z.string().nullish(),
  messages: messagesSchema,
  ...generationFields,
});

type ChatCompletionRequest = z.infer<typeof requestSchema>;

/** @throws {ApiError} */
export function parseChatCompletionRequest(body: Record<string, unknown>): ChatCompletionRequest {
  refuseUnsupported(body, { supported: requestSchema.shape, neutral: NEUTRAL_PARAMETERS, path: '' });
  return parseInput(requestSchema, body);
}

/** OpenAI's answer, with every field that its SDKs declare as always there. */
export function chatCompletion(answer: { id: string; created: number; model: string; replies: Replies }) {
  const { id, created, model } = answer;
  const { replies, promptTokens } = answer.replies;
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model,
    choices: replies.map((reply, index) => ({
      index,
      message: { role: 'assistant' as const, content: reply.text, refusal: null },
      finish_reason: reply.finishReason,
      logprobs: null,
    })),
    usage: usage(answer.replies.replies, promptTokens),
  };
}

export function usage(replies: { ids: number[] }[], promptTokens: number) {
  const completionTokens = replies.reduce((sum, { ids }) => sum + ids.length, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
