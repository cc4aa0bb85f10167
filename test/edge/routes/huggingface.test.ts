import { describe, expect, it } from 'vitest';
import { json, prompt, sayBack, tensor, testApp } from '../test-app.ts';

const path = '/models/tandem-mini';

async function ask(body: unknown, ...said: string[]) {
  const app = testApp({ backend: sayBack(...(said.length > 0 ? said : ['i like dogs.'])) });
  const response = await app.request('POST', path, { body });
  return { app, response, body: await json(response) };
}

describe('text2text-generation', () => {
  it('answers a text', async () => {
    const { app, response, body } = await ask({
      inputs: 'hello',
      parameters: null,
      options: { use_cache: false },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(prompt(app.requests[0])).toBe(' hello');
    expect(body).toEqual([{ generated_text: 'i like dogs.' }]);
  });

  it('answers several texts, and several replies to one', async () => {
    expect((await ask({ inputs: ['a', 'b'] })).body).toEqual([
      { generated_text: 'i like dogs.' },
      { generated_text: 'i like dogs.' },
    ]);
    const two = { num_return_sequences: 2, num_beams: 2 };
    const replies = [{ generated_text: 'one' }, { generated_text: 'two' }];
    expect((await ask({ inputs: 'a', parameters: two }, 'one', 'two')).body).toEqual(replies);
    expect((await ask({ inputs: ['a', 'b'], parameters: two }, 'one', 'two')).body).toEqual([
      replies,
      replies,
    ]);
  });

  it.each([
    [{ max_new_tokens: 9 }, { max_length: [10] }],
    [{ max_length: 9, max_new_tokens: 8 }, { max_length: [9] }],
    [{ min_length: 5 }, { min_length: [5] }],
    [{ temperature: 0.5 }, { do_sample: [1], temperature: [0.5] }],
    [
      { num_beams: 4, no_repeat_ngram_size: 2 },
      { num_beams: [4], no_repeat_ngram_size: [2] },
    ],
  ])('takes transformers’ parameters: %j', async (parameters, tensors) => {
    const { app } = await ask({ inputs: 'hello', parameters });
    for (const [name, data] of Object.entries(tensors)) expect(tensor(app.requests[0], name)).toEqual(data);
  });

  it('may be asked of a model with its owner', async () => {
    const body = { inputs: 'hello' };
    expect((await testApp().request('POST', '/models/somebody/tandem-mini', { body })).status).toBe(200);
  });
});

describe('the conversational form', () => {
  it('answers with the conversation to send back', async () => {
    const said = { past_user_inputs: ['hello'], generated_responses: ['hi there'], text: 'any pets?' };
    const { app, body } = await ask({ inputs: said });
    expect(prompt(app.requests[0])).toBe(' hello   hi there   any pets?');
    expect(body).toEqual({
      generated_text: 'i like dogs.',
      conversation: {
        past_user_inputs: ['hello', 'any pets?'],
        generated_responses: ['hi there', 'i like dogs.'],
      },
      warnings: [],
    });
    const next = { inputs: { ...body.conversation, text: 'which ones?' } };
    expect((await ask(next)).response.status).toBe(200);
  });

  it('warns of what the model was not given', async () => {
    const long = {
      past_user_inputs: ['hello '.repeat(99)],
      generated_responses: ['hi'],
      text: 'hello '.repeat(99),
    };
    expect((await ask({ inputs: long })).body.warnings).toHaveLength(2);
  });
});

describe('a request that is wrong', () => {
  it.each([
    [{}, 'inputs'],
    [{ inputs: '' }, 'empty'],
    [{ inputs: [] }, 'inputs'],
    [{ inputs: 'a'.repeat(4_001) }, '4000'],
    [{ inputs: { text: 'a', past_user_inputs: ['b'] } }, 'inputs.generated_responses'],
    [{ inputs: 'a', parameters: { num_return_sequences: 3, num_beams: 2 } }, 'num_return_sequences (3)'],
    [{ inputs: 'a', parameters: { min_new_tokens: 9, max_new_tokens: 8 } }, 'max_new_tokens (8)'],
    [{ inputs: 'a', parameters: { max_length: 9, max_new_tokens: 9 } }, 'max_length'],
    [{ inputs: 'a', parameters: { made_up: 9 } }, 'parameters.made_up'],
    [{ inputs: 'a', parameters: { typical_p: 0.9 } }, 'parameters.typical_p'],
    [{ inputs: 'a', stream: true }, 'stream'],
  ])('is told in Hugging Face’s form: %j', async (sent, mentioned) => {
    const { app, response, body } = await ask(sent);
    expect(response.status).toBe(400);
    expect(body).toEqual({
      error: expect.stringContaining(mentioned),
      error_type: 'validation',
      code: expect.any(String),
    });
    expect(body.error).toMatch(/\.$/);
    expect(app.requests).toEqual([]);
  });

  it('is told which model is served', async () => {
    const response = await testApp().request('POST', '/models/gpt2', { body: { inputs: 'a' } });
    expect(response.status).toBe(404);
    expect((await json(response)).error).toContain('tandem-mini');
  });
});
