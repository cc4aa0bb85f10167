import * as z from 'zod';
import type { Reply } from '../conversation/reply.ts';
import { parseInput } from '../request-body.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { generationFields } from './generation-fields.ts';
import { askerFields, neutralFields } from './neutral-fields.ts';
import { pieces } from './pieces.ts';
import { streamFields } from './stream-fields.ts';
import { completionLogprobs, tokenLogprobs } from './token-logprobs.ts';
import { usage } from './usage.ts';

/** Each is a request to the backend. */
const MAX_PROMPTS = 8;
// What the longest of BlenderBots reads. Each wrong one of eight prompts costs an issue.
const MAX_PROMPT_TOKENS = 512;

const tokenIds = z.array(z.int().min(0)).min(1).max(MAX_PROMPT_TOKENS);

const neutralCompletionFields = {
  ...neutralFields,
  suffix: z.literal('').nullish(),
  // The chosen tokens' log-probabilities are all that the graph tells.
  logprobs: z.literal(0).nullish().describe('0 tells the log-probability of each token.'),
  // What the hub's clients send along.
  return_full_text: z.literal(false).nullish(),
  details: z.literal(false).nullish(),
};

export const completionSchema = z.strictObject({
  model: z.string().nullish(),
  prompt: z
    .union(
      [
        z.string(),
        tokenIds,
        z.array(z.string()).min(1).max(MAX_PROMPTS),
        z.array(tokenIds).min(1).max(MAX_PROMPTS),
      ],
      `must be text, 1 to ${MAX_PROMPT_TOKENS} token ids, or a list of 1 to ${MAX_PROMPTS} of one kind`,
    )
    .describe('What the model answers to: text, or all ids that it reads, the end token included.'),
  echo: z.boolean().nullish().describe('Puts the prompt before the reply.'),
  ...streamFields,
  ...generationFields,
  ...askerFields,
  ...neutralCompletionFields,
});

export type CompletionRequest = z.infer<typeof completionSchema>;

/** @throws {ApiError} */
export function parseCompletionRequest(body: unknown): CompletionRequest {
  return parseInput(completionSchema, body, { neutral: neutralCompletionFields });
}

/** Each prompt by itself. */
export function promptsOf(prompt: CompletionRequest['prompt']): (string | number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return isTokenIds(prompt) ? [prompt] : prompt;
}

function isTokenIds(prompt: (string | number | number[])[]): prompt is number[] {
  return typeof prompt[0] === 'number';
}

export interface Completion {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
  /** The prompts' replies, in the order of the prompts; `echo` is "" where the prompt is not asked back. */
  answers: { replies: Reply[]; echo: string; promptTokens: number }[];
}

/** OpenAI's answer: all replies to the first prompt, then those to the next. */
export function completion(done: Completion, tokenizer: Tokenizer) {
  const { id, created, model } = done;
  const choices = replies(done).map(({ reply, echo }, index) => ({
    index,
    text: echo + reply.text,
    finish_reason: reply.finishReason,
    logprobs: completionLogprobs(tokenLogprobs(reply, tokenizer), echo.length),
  }));
  return { id, object: 'text_completion' as const, created, model, choices, usage: totalUsage(done) };
}

/** The same as the events of a stream: the words of each choice, then how it ended, then the usage. */
export function* completionChunks(
  done: Completion,
  { tokenizer, includeUsage }: { tokenizer: Tokenizer; includeUsage: boolean },
) {
  const { id, created, model } = done;
  const chunk = (choices: object[]) => {
    const head = { id, object: 'text_completion' as const, created, model, choices };
    return includeUsage ? { ...head, usage: null } : head;
  };
  for (const [index, { reply, echo }] of replies(done).entries()) {
    if (echo !== '') yield chunk([{ index, text: echo, finish_reason: null, logprobs: null }]);
    for (const { text, tokens } of pieces(reply.text, tokenLogprobs(reply, tokenizer))) {
      const logprobs = completionLogprobs(tokens, echo.length);
      yield chunk([{ index, text, finish_reason: null, logprobs }]);
    }
    yield chunk([{ index, text: '', finish_reason: reply.finishReason, logprobs: null }]);
  }
  if (includeUsage) yield { ...chunk([]), usage: totalUsage(done) };
}

function replies({ answers }: Completion): { reply: Reply; echo: string }[] {
  return answers.flatMap(({ replies, echo }) => replies.map((reply) => ({ reply, echo })));
}

function totalUsage({ answers }: Completion) {
  const promptTokens = answers.reduce((sum, answer) => sum + answer.promptTokens, 0);
  return usage(
    answers.flatMap((answer) => answer.replies),
    promptTokens,
  );
}
