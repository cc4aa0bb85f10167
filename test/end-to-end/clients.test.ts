import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { InferenceClient } from '@huggingface/inference';
import type { UsageMetadata } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { APICallError, generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedApi, serveApi } from './served-api.ts';

/**
 * Other people's clients as they are installed, against the real worker and the real backend. One stack for all; what takes the
 * backend away comes last.
 */
const model = 'tandem-mini';
const messages = [
  { role: 'system' as const, content: 'i am a baker. i live in lisbon.' },
  { role: 'user' as const, content: 'What do you do for a living?' },
];
const aboutBaking = /bak/i;

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

let api: ServedApi;
let apiKey: string;
beforeAll(async () => {
  api = await serveApi();
  apiKey = await api.createKey();
});
afterAll(() => api?.stop());

describe('openai', () => {
  const client = (options = {}) =>
    new OpenAI({ baseURL: `${api.url}/v1`, apiKey, maxRetries: 0, ...options });

  it('gets a completion with its usage', async () => {
    const { choices, usage } = await client().chat.completions.create({ model, messages });
    expect(choices[0]!.message.content).toMatch(aboutBaking);
    expect(choices[0]!.finish_reason).toBe('stop');
    expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens);
  });

  it('gets the same reply as a stream, with its usage at the end', async () => {
    const whole = await client().chat.completions.create({ model, messages });
    const stream = await client().chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(chunks.length).toBeGreaterThan(4);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  it('puts a stream together with its own helper', async () => {
    const stream = client().chat.completions.stream({ model, messages, logprobs: true, n: 2 });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1]);
    for (const { message, logprobs } of completion.choices) {
      const tokens = logprobs!.content!.map(({ token }) => token).join('');
      expect(tokens.trim()).toBe(message.content);
      for (const { logprob } of logprobs!.content!) expect(logprob).toBeLessThanOrEqual(0);
    }
  });

  it('draws the same reply again with the same seed, and others without', async () => {
    const draw = async (seed?: number) => {
      const { choices } = await client().chat.completions.create({
        ...{ model, messages, temperature: 2, n: 3 },
        ...(seed !== undefined && { seed }),
      });
      return choices.map(({ message }) => message.content);
    };
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw());
  });

  it('gets no more than it asks for', async () => {
    const { choices, usage } = await client().chat.completions.create({ model, messages, max_tokens: 3 });
    expect(choices[0]!.finish_reason).toBe('length');
    expect(usage!.completion_tokens).toBe(3);
  });

  it('gets nothing from a stop text on', async () => {
    const whole = await client().chat.completions.create({ model, messages });
    const text = whole.choices[0]!.message.content!;
    const stop = text.split(' ').at(-1)!;
    const stopped = await client().chat.completions.create({ model, messages, stop });
    expect(stopped.choices[0]!.message.content).toBe(text.slice(0, text.indexOf(stop)).trimEnd());
    expect(stopped.choices[0]!.finish_reason).toBe('stop');
    expect(stopped.usage!.completion_tokens).toBeLessThan(whole.usage!.completion_tokens);
  });

  it('bans what a bias of −100 is for', async () => {
    const tokenOf = async (content: string) => {
      const answer = await client().post<{ tokens: number[] }>('/tokenize', {
        body: { prompt: content, add_special_tokens: false },
      });
      return answer.tokens[0]!;
    };
    const whole = await client().chat.completions.create({ model, messages });
    const [first = ''] = whole.choices[0]!.message.content!.split(' ');
    const biased = await client().chat.completions.create({
      model,
      messages,
      logit_bias: { [await tokenOf(first)]: -100 },
    });
    expect(biased.choices[0]!.message.content!.split(' ')[0]).not.toBe(first);
  });

  it('gets completions, echoed and streamed', async () => {
    const prompt = 'Hello there!';
    const whole = await client().completions.create({ model, prompt });
    const stream = await client().completions.create({ model, prompt, stream: true });
    const chunks = await all(stream);
    expect(chunks.map(({ choices }) => choices[0]!.text).join('')).toBe(whole.choices[0]!.text);
    const echoed = await client().completions.create({ model, prompt: [prompt, prompt], echo: true });
    expect(echoed.choices.map(({ text }) => text)).toEqual([0, 1].map(() => prompt + whole.choices[0]!.text));
  });

  it('lists and finds models', async () => {
    const listed = await all(client().models.list());
    expect(listed.map(({ id }) => id)).toEqual([model]);
    expect((await client().models.retrieve(model)).id).toBe(model);
  });

  it('throws the error that a mistake has, by its class, with the parameter’s name and the request’s id', async () => {
    const refused = client().chat.completions.create({ model, messages, presence_penalty: 1 });
    const error = await refused.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'presence_penalty' });
    expect(error.requestID).toBeTruthy();
    await expect(client().models.retrieve('gpt-5')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(client({ apiKey: 'nonsense' }).models.list()).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    );
  });

  it('reads how its quota stands, is told when it is used up, and comes back in time', async () => {
    const limited = client({ apiKey: await api.createKey({ requests: { limit: 1, window_seconds: 2 } }) });
    const { response } = await limited.chat.completions.create({ model, messages }).withResponse();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const error = await limited.chat.completions.create({ model, messages }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    const patient = limited.withOptions({ maxRetries: 2 });
    expect((await patient.chat.completions.create({ model, messages })).choices).toHaveLength(1);
  });

  it('gives up when it is told to, and the server goes on', async () => {
    const abort = new AbortController();
    const reply = client().chat.completions.create(
      {
        model,
        messages,
        temperature: 1,
        n: 20,
        ignore_eos: true,
      } as OpenAI.ChatCompletionCreateParamsNonStreaming,
      { signal: abort.signal },
    );
    abort.abort();
    await expect(reply).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const stream = await client().chat.completions.create({ model, messages, stream: true });
    for await (const _ of stream) break;
    expect((await client().chat.completions.create({ model, messages })).choices).toHaveLength(1);
  });
});

describe('ai with @ai-sdk/openai-compatible', () => {
  const chat = (options = {}) =>
    createOpenAICompatible({
      name: 'tandem',
      baseURL: `${api.url}/v1`,
      apiKey,
      includeUsage: true,
      ...options,
    })(model);
  const [system, user] = messages;
  const prompt = { system: system!.content, prompt: user!.content };

  it('generates text', async () => {
    const { text, finishReason, usage } = await generateText({
      model: chat(),
      ...prompt,
      maxOutputTokens: 30,
    });
    expect(text).toMatch(aboutBaking);
    expect(finishReason).toBe('stop');
    expect(usage.outputTokens).toBeGreaterThan(1);
  });

  it('streams text', async () => {
    const { textStream, text, usage } = streamText({ model: chat(), ...prompt, temperature: 0 });
    const pieces = await all(textStream);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(await text);
    expect(await text).toMatch(aboutBaking);
    expect((await usage).inputTokens).toBeGreaterThan(1);
  });

  it('throws what a mistake is answered with', async () => {
    const refused = generateText({ model: chat(), ...prompt, presencePenalty: 1 });
    const error = await refused.catch((thrown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 400, isRetryable: false });
    expect(error.message).toContain('presence_penalty');
  });

  it('reads how its quota stands, and comes back after it was used up', async () => {
    const key = await api.createKey({ requests: { limit: 1, window_seconds: 2 } });
    for (let turn = 0; turn < 2; turn++) {
      const { text, response } = await generateText({ model: chat({ apiKey: key }), ...prompt });
      expect(text).toMatch(aboutBaking);
      expect(response.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
    }
  });

  it('gives up when it is told to', async () => {
    const abortSignal = AbortSignal.timeout(1);
    await expect(generateText({ model: chat(), ...prompt, abortSignal })).rejects.toThrow(/abort|timeout/i);
  });
});

describe('@huggingface/inference', () => {
  const endpoint = (path = '/v1') => new InferenceClient(apiKey).endpoint(api.url + path);

  it('gets a chat completion, whole and streamed', async () => {
    const { choices, usage } = await endpoint().chatCompletion({ messages });
    expect(choices[0]!.message.content).toMatch(aboutBaking);
    expect(usage.total_tokens).toBeGreaterThan(1);
    const chunks = await all(endpoint().chatCompletionStream({ messages }));
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(choices[0]!.message.content);
  });

  it('gets generated text', async () => {
    const { generated_text } = await endpoint().textGeneration({
      inputs: 'Hello there!',
      parameters: { max_new_tokens: 30, do_sample: false, return_full_text: false },
    });
    expect(generated_text).toMatch(/\p{L}/u);
  });

  it('asks for text2text-generation by a request of its own', async () => {
    const answer = await endpoint(`/models/${model}`).request<{ generated_text: string }[]>({
      inputs: 'Hello there!',
      parameters: { num_beams: 2, num_return_sequences: 2 },
    } as never);
    expect(answer).toHaveLength(2);
    expect(answer[0]!.generated_text).toMatch(/\p{L}/u);
  });

  it('shows what a mistake is answered with', async () => {
    const refused = endpoint(`/models/${model}`).request({ inputs: '' } as never);
    await expect(refused).rejects.toThrow(/The message is empty\./);
    const body = { error: { param: 'presence_penalty' } };
    const chat = endpoint().chatCompletion({ messages, presence_penalty: 1 });
    await expect(chat).rejects.toMatchObject({ httpResponse: { status: 400, body } });
  });

  it('is told when its quota is used up', async () => {
    const key = await api.createKey({ requests: { limit: 1, window_seconds: 60 } });
    const limited = new InferenceClient(key).endpoint(`${api.url}/v1`);
    await limited.chatCompletion({ messages });
    const body = { error: { code: 'rate_limit_exceeded' } };
    await expect(limited.chatCompletion({ messages })).rejects.toMatchObject({
      httpResponse: { status: 429, body },
    });
  });

  it('gives up when it is told to', async () => {
    const signal = AbortSignal.timeout(1);
    await expect(endpoint().chatCompletion({ messages }, { signal })).rejects.toThrow(/abort|timeout/i);
    for await (const _ of endpoint().chatCompletionStream({ messages })) break;
  });
});

describe('@langchain/openai', () => {
  // Its types lose what a reply has used.
  const usageOf = ({ usage_metadata }: { usage_metadata?: unknown }) => usage_metadata as UsageMetadata;
  const chat = (options = {}) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${api.url}/v1` }, ...options });

  it('invokes, and counts what it used', async () => {
    const reply = await chat().invoke(messages);
    expect(reply.text).toMatch(aboutBaking);
    expect(usageOf(reply).total_tokens).toBeGreaterThan(1);
    expect(reply.response_metadata['finish_reason']).toBe('stop');
  });

  it('streams, and counts what it used', async () => {
    const whole = await chat().invoke(messages);
    const chunks = await all(await chat().stream(messages));
    expect(chunks.map(({ text }) => text).join('')).toBe(whole.text);
    const last = chunks.find((chunk) => usageOf(chunk) !== undefined);
    expect(usageOf(last!).total_tokens).toBe(usageOf(whole).total_tokens);
  });

  it('passes its own parameters on', async () => {
    const options = {
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 5,
      stop: ['\n'],
      modelKwargs: { seed: 1, top_k: 20 },
    };
    const reply = await chat(options).invoke(messages);
    expect(usageOf(reply).output_tokens).toBeLessThanOrEqual(5);
  });

  it('throws what a mistake is answered with', async () => {
    const refused = chat({ frequencyPenalty: 1 }).invoke(messages);
    await expect(refused).rejects.toThrow(/frequency_penalty/);
  });

  it('comes back after its quota was used up', async () => {
    const key = await api.createKey({ requests: { limit: 1, window_seconds: 2 } });
    for (let turn = 0; turn < 2; turn++) {
      const reply = await chat({ apiKey: key, maxRetries: 2 }).invoke(messages);
      expect(reply.text).toMatch(aboutBaking);
    }
  });

  it('gives up when it is told to', async () => {
    const signal = AbortSignal.timeout(1);
    await expect(chat().invoke(messages, { signal })).rejects.toThrow(/abort|timeout/i);
  });
});

describe('while the backend is away', () => {
  beforeAll(() => api.backend.stop());

  it('openai is told so with a status, streaming or not, and when to come back', async () => {
    const client = new OpenAI({ baseURL: `${api.url}/v1`, apiKey, maxRetries: 0 });
    for (const stream of [false, true]) {
      const error = await client.chat.completions
        .create({ model, messages, stream })
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
      expect(error).toMatchObject({ status: 503, code: 'backend_unavailable' });
      expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('@huggingface/inference is told so', async () => {
    const endpoint = new InferenceClient(apiKey, { retry_on_error: false }).endpoint(`${api.url}/v1`);
    await expect(endpoint.chatCompletion({ messages })).rejects.toMatchObject({
      httpResponse: { status: 503 },
    });
  });
});
