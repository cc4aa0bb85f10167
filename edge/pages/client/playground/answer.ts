import type { Caller } from '../dom/caller.ts';
import type { Message } from './request.ts';
import { type Phase, serverTiming } from './server-timing.ts';

export interface Token {
  text: string;
  /** Natural logarithm of the model's own probability, before any rule. */
  logprob: number;
}

export interface Hypothesis {
  text: string;
  tokens: Token[];
  finishReason: 'stop' | 'length' | 'content_filter';
}

export interface Answer {
  hypotheses: Hypothesis[];
  promptTokens: number;
  /** As the edge tells it. */
  phases: Phase[];
  /** As this page saw it, in milliseconds. */
  ms: number;
}

/** What the model is given to read, and what of the conversation is left out. */
export interface Packed {
  ids: number[];
  texts: string[];
  /** How many tokens the model reads at most. */
  most: number;
  droppedTurns: number;
  truncated: boolean;
}

interface CompletionBody {
  choices: {
    message: { content: string };
    finish_reason: Hypothesis['finishReason'];
    logprobs: { content: { token: string; logprob: number }[] } | null;
  }[];
  usage: { prompt_tokens: number };
}

/** @throws {Error} with the edge's sentence where it refuses */
export async function ask(
  caller: Caller,
  { messages, fields, signal }: { messages: Message[]; fields: object; signal: AbortSignal },
): Promise<Answer> {
  const startedAt = performance.now();
  const { body, headers } = await post<CompletionBody>(caller, '/v1/chat/completions', {
    body: { messages, ...fields },
    signal,
  });
  return {
    hypotheses: body.choices.map(({ message, finish_reason, logprobs }) => ({
      text: message.content,
      tokens: (logprobs?.content ?? []).map(({ token, logprob }) => ({ text: token, logprob })),
      finishReason: finish_reason,
    })),
    promptTokens: body.usage.prompt_tokens,
    phases: serverTiming(headers.get('server-timing')),
    ms: performance.now() - startedAt,
  };
}

interface TokenizeBody {
  tokens: number[];
  token_strs: string[];
  max_model_len: number;
}

/** @throws {Error} with the edge's sentence where it refuses */
export async function pack(caller: Caller, messages: Message[], signal: AbortSignal): Promise<Packed> {
  const { body, headers } = await post<TokenizeBody>(caller, '/v1/tokenize', {
    body: { messages, return_token_strs: true },
    signal,
  });
  return {
    ids: body.tokens,
    texts: body.token_strs,
    most: body.max_model_len,
    droppedTurns: Number(headers.get('x-tandem-dropped-turns') ?? 0),
    truncated: headers.has('x-tandem-truncated'),
  };
}

async function post<Body>(
  caller: Caller,
  path: string,
  { body, signal }: { body: unknown; signal: AbortSignal },
): Promise<{ body: Body; headers: Headers }> {
  const response = await caller.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(refusal(response, answer?.error?.message));
  return { body: answer, headers: response.headers };
}

function refusal(response: Response, message: string | undefined): string {
  const wait = response.headers.get('retry-after');
  const sentence = message ?? `The server answered ${response.status}.`;
  return wait === null ? sentence : `${sentence} It is worth trying again in ${wait} s.`;
}
