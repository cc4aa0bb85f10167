import { describe, expect, it } from 'vitest';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { json, tensor, testApp } from '../test-app.ts';

const tokenize = (body: object) => json(testApp().request('POST', '/v1/tokenize', { body }));
const detokenize = (body: object) => json(testApp().request('POST', '/v1/detokenize', { body }));
const end = modelConfig.tokens.eos;

describe('POST /v1/tokenize', () => {
  it('answers the ids of a text in vLLM’s form', async () => {
    const tokens = [...tokenizer.encode('hello </s>  there'), end];
    expect(await tokenize({ model: 'tandem-mini', prompt: 'hello </s>  there' })).toEqual({
      count: tokens.length,
      max_model_len: modelConfig.maxPositions,
      tokens,
      token_strs: null,
    });
    expect((await tokenize({ prompt: 'hello', add_special_tokens: false })).tokens).toEqual(
      tokenizer.encode('hello'),
    );
    expect((await tokenize({ prompt: '' })).tokens).toEqual([end]);
  });

  it('tells the text of each token where it is asked to', async () => {
    const { tokens, token_strs } = await tokenize({ prompt: 'hello there', return_token_strs: true });
    expect(token_strs).toHaveLength(tokens.length);
    expect(token_strs.join('')).toBe(' hello there');
    expect(token_strs.at(-1)).toBe('');
  });

  it('answers the ids that the model reads of a chat', async () => {
    const messages = [
      { role: 'system', content: 'I bake.' },
      { role: 'user', content: 'hello' },
    ];
    const app = testApp();
    await app.request('POST', '/v1/chat/completions', { body: { messages } });
    const { tokens } = await tokenize({ messages });
    expect(tokens).toEqual(tensor(app.requests[0], 'input_ids'));
  });

  it('says how many turns of a chat do not fit', async () => {
    const long = { role: 'user', content: 'hello '.repeat(100) };
    const messages = [long, { role: 'assistant', content: 'hi' }, { role: 'user', content: 'hi' }];
    const response = await testApp().request('POST', '/v1/tokenize', { body: { messages } });
    expect(response.headers.get('x-tandem-dropped-turns')).toBe('1');
  });

  it.each([
    [{}, 'invalid_request', 'prompt'],
    [{ prompt: 'a', messages: [{ role: 'user', content: 'a' }] }, 'invalid_request', 'prompt'],
    [{ prompt: 'a'.repeat(4_001) }, 'message_too_long', 'prompt'],
    [{ prompt: 'a', model: 'other' }, 'model_not_found', 'model'],
    [{ messages: [] }, 'invalid_value', 'messages'],
  ])('refuses %j', async (body, code, param) => {
    expect((await tokenize(body)).error).toMatchObject({ code, param });
  });
});

describe('POST /v1/detokenize', () => {
  it('is the way back', async () => {
    const text = 'Hello there, 👩‍👩‍👧!\n  ok';
    const { tokens } = await tokenize({ prompt: text });
    expect(await detokenize({ tokens })).toEqual({ prompt: ` ${text}` });
    expect(await detokenize({ tokens: [] })).toEqual({ prompt: '' });
  });

  it.each([
    [{ tokens: [2_000] }, 'tokens'],
    [{ tokens: [-1] }, 'tokens.0'],
    [{ tokens: 'a' }, 'tokens'],
    [{}, 'tokens'],
  ])('refuses %j', async (body, param) => {
    expect((await detokenize(body)).error).toMatchObject({ code: 'invalid_value', param });
  });
});
