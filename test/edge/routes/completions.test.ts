import { describe, expect, it } from 'vitest';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { events, streamedText } from '../events.ts';
import { expectSentence, json, prompt, sayBack, tensor, testApp } from '../test-app.ts';

const path = '/v1/completions';

async function complete(body: object, ...said: string[]) {
  const app = testApp({ backend: sayBack(...(said.length > 0 ? said : ['i like dogs.'])) });
  const response = await app.request('POST', path, { body });
  return { app, response, body: await json(response) };
}

describe('POST /v1/completions', () => {
  it('answers a text in OpenAI’s form', async () => {
    const { app, body } = await complete({ model: 'tandem-mini', prompt: 'hello there' });
    const promptTokens = tokenizer.encode('hello there').length + 1;
    const completionTokens = tokenizer.encode('i like dogs.').length + 1;
    expect(prompt(app.requests[0])).toBe(' hello there');
    expect(body).toEqual({
      id: expect.stringMatching(/^cmpl-[0-9a-f]{32}$/),
      object: 'text_completion',
      created: expect.any(Number),
      model: 'tandem-mini',
      choices: [{ index: 0, text: 'i like dogs.', finish_reason: 'stop', logprobs: null }],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    });
  });

  it('gives the model token ids as they are', async () => {
    const ids = [5, 300, 7, modelConfig.tokens.eos];
    const { app } = await complete({ prompt: ids });
    expect(tensor(app.requests[0], 'input_ids')).toEqual(ids);
  });

  it.each([
    [['hello', 'goodbye']],
    [
      [
        [5, 2],
        [6, 2],
      ],
    ],
  ])('answers several prompts in their order: %j', async (texts) => {
    const { app, body } = await complete({ prompt: texts, n: 2, num_beams: 2 }, 'one', 'two');
    expect(app.requests).toHaveLength(2);
    expect(body.choices.map(({ index, text }: { index: number; text: string }) => [index, text])).toEqual([
      [0, 'one'],
      [1, 'two'],
      [2, 'one'],
      [3, 'two'],
    ]);
  });

  it('repeats the prompt where it is asked to', async () => {
    const { body } = await complete({ prompt: 'hello', echo: true, logprobs: 0 });
    const [{ text, logprobs }] = body.choices;
    expect(text).toBe('helloi like dogs.');
    expect(logprobs.tokens.join('')).toBe(' i like dogs.');
    for (const [index, offset] of logprobs.text_offset.entries()) {
      const token = logprobs.tokens[index];
      expect(text.slice(offset, offset + token.trim().length)).toBe(
        offset === 5 ? 'i' : token.slice(0, token.trim().length),
      );
    }
    expect(logprobs.token_logprobs).toEqual(logprobs.tokens.map(() => -1));
    expect(logprobs.top_logprobs).toBe(null);
  });

  it('is streamed', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const body = { prompt: 'hello', stream: true, echo: true, stream_options: { include_usage: true } };
    const sent = await events(await app.request('POST', path, { body }));
    expect(streamedText(sent)).toBe('helloi like dogs.');
    expect(sent.at(-3).choices[0].finish_reason).toBe('stop');
    expect(sent.at(-2)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    expect(sent.at(-1)).toBe('[DONE]');
  });

  it('says so where a text is longer than the model can read', async () => {
    const { app, response } = await complete({ prompt: 'hello '.repeat(500) });
    expect(response.headers.get('x-tandem-truncated')).toBe('true');
    expect(tensor(app.requests[0], 'input_ids')).toHaveLength(modelConfig.maxPositions);
  });

  it.each([
    [{}, 'invalid_value', 'prompt'],
    [{ prompt: '' }, 'empty_message', 'prompt'],
    [{ prompt: [] }, 'invalid_value', 'prompt'],
    [{ prompt: ['a', [1]] }, 'invalid_value', 'prompt'],
    [{ prompt: new Array(9).fill('a') }, 'invalid_value', 'prompt'],
    [{ prompt: [2_000] }, 'invalid_value', 'prompt'],
    [{ prompt: new Array(73).fill(5) }, 'invalid_value', 'prompt'],
    [{ prompt: 'a'.repeat(4_001) }, 'message_too_long', 'prompt'],
    [{ prompt: 'a', suffix: 'b' }, 'unsupported_parameter', 'suffix'],
    [{ prompt: 'a', logprobs: 5 }, 'unsupported_parameter', 'logprobs'],
    [{ prompt: 'a', made_up: 5 }, 'unsupported_parameter', 'made_up'],
  ])('refuses %j', async (sent, code, param) => {
    const { app, response, body } = await complete(sent);
    expect(response.status).toBe(400);
    expect(body.error).toMatchObject({ code, param });
    expectSentence(body.error);
    expect(app.requests).toEqual([]);
  });

  it('gives the other prompts up where one fails', async () => {
    const signals: AbortSignal[] = [];
    const app = testApp({
      backend: (_, init) => {
        signals.push(init.signal!);
        if (signals.length === 2) return Promise.resolve(new Response(null, { status: 503 }));
        return new Promise((_, reject) =>
          init.signal!.addEventListener('abort', () => reject(new Error('gone'))),
        );
      },
    });
    const response = await app.request('POST', path, { body: { prompt: ['a', 'b'] } });
    expect(response.status).toBe(503);
    expect(signals[0]!.aborted).toBe(true);
  });
});
