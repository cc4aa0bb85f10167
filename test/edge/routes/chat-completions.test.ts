import { describe, expect, it } from 'vitest';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import {
  asReply,
  expectSentence,
  inferenceAnswer,
  json,
  prompt,
  sayBack,
  tensor,
  testApp,
} from '../test-app.ts';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const path = '/v1/chat/completions';

async function refused(body: unknown) {
  const app = testApp();
  const response = await app.request('POST', path, { body });
  expect(app.requests).toEqual([]);
  const { error } = await json(response);
  expectSentence(error);
  return { status: response.status, ...error };
}

describe('POST /v1/chat/completions', () => {
  it('answers in OpenAI’s form', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const response = await app.request('POST', path, {
      body: { model: 'tandem-mini', messages: [user('hi!')] },
    });
    const completionTokens = tokenizer.encode('i like dogs.').length + 1;
    const promptTokens = tokenizer.encode('hi!').length + 1;
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: 'chat.completion',
      created: expect.closeTo(Date.now() / 1000, -2),
      model: 'tandem-mini',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'i like dogs.', refusal: null },
          finish_reason: 'stop',
          logprobs: null,
        },
      ],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    });
  });

  it('gives the model the persona, then the turns', async () => {
    const app = testApp();
    const messages = [
      { role: 'system', content: 'I have two dogs. I work in a bakery.' },
      user('hello'),
      assistant('hi there'),
      user([
        { type: 'text', text: 'do you have ' },
        { type: 'text', text: 'pets?' },
      ]),
    ];
    expect((await app.request('POST', path, { body: { messages } })).status).toBe(200);
    expect(prompt(app.requests[0])).toBe(
      ' your persona: I have two dogs.\nyour persona: I work in a bakery.   hello   hi there   do you have pets?',
    );
  });

  it('joins messages of one speaker that follow each other', async () => {
    const app = testApp();
    await app.request('POST', path, { body: { messages: [user('hello'), user('are you there?')] } });
    expect(prompt(app.requests[0])).toBe(' hello\nare you there?');
  });

  it('takes its own empty answer back, and joins what was said around it', async () => {
    const app = testApp({ backend: sayBack('') });
    const body = { messages: [user('hello')], max_tokens: 1 };
    const { choices } = await json(app.request('POST', path, { body }));
    expect(choices[0].message.content).toBe('');
    const messages = [user('hello'), choices[0].message, user('are you there?')];
    expect((await app.request('POST', path, { body: { messages } })).status).toBe(200);
    expect(prompt(app.requests[1])).toBe(' hello\nare you there?');
  });

  it('splits every system message by itself', async () => {
    const app = testApp();
    const messages = [
      { role: 'system', content: 'I bake. I sing.' },
      { role: 'developer', content: 'I have two dogs.\nThey bark. Loudly.' },
      user('hello'),
    ];
    await app.request('POST', path, { body: { messages } });
    const persona = ['I bake.', 'I sing.', 'I have two dogs.', 'They bark. Loudly.'];
    expect(prompt(app.requests[0])).toBe(
      ` ${persona.map((fact) => `your persona: ${fact}`).join('\n')}   hello`,
    );
  });

  it('reads the end of a turn joined of many messages', async () => {
    const app = testApp();
    const messages = new Array(60).fill(user('hello '.repeat(600)));
    const response = await app.request('POST', path, { body: { messages } });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tandem-truncated')).toBe('true');
    expect(tensor(app.requests[0], 'input_ids')).toHaveLength(modelConfig.maxPositions);
  });

  it('says how many of the oldest turns the model was not given', async () => {
    const app = testApp();
    const dropped = async (messages: unknown[]) =>
      (await app.request('POST', path, { body: { messages } })).headers.get('x-tandem-dropped-turns');
    const long = user('hello '.repeat(300));
    expect(await dropped([long, assistant('hi'), user('how are you?')])).toBe('1');
    expect(await dropped([user('hello')])).toBeNull();
  });

  it('asks for the model’s recommended generation', async () => {
    const app = testApp();
    await app.request('POST', path, { body: { messages: [user('hello')] } });
    const { num_beams, max_length, min_length, no_repeat_ngram_size } = modelConfig.recommendedGeneration;
    expect(tensor(app.requests[0], 'num_beams')).toEqual([num_beams]);
    expect(tensor(app.requests[0], 'max_length')).toEqual([max_length]);
    expect(tensor(app.requests[0], 'min_length')).toEqual([min_length]);
    expect(tensor(app.requests[0], 'no_repeat_ngram_size')).toEqual([no_repeat_ngram_size]);
  });

  it('answers n choices, best first', async () => {
    const app = testApp({ backend: sayBack('one', 'two', 'three') });
    const body = { messages: [user('count')], n: 2, num_beams: 3 };
    const { choices } = await json(app.request('POST', path, { body }));
    expect(choices.map((choice: { message: { content: string } }) => choice.message.content)).toEqual([
      'one',
      'two',
    ]);
    expect(choices.map((choice: { index: number }) => choice.index)).toEqual([0, 1]);
  });

  it('answers the likeliest of the samples that compete, and its log-probabilities where they are asked for', async () => {
    const samples = ['one', 'two', 'three'];
    const logprobOf = [-3, -1, -2];
    const app = testApp({
      backend: async () => Response.json(inferenceAnswer(samples.map(asReply), (index) => logprobOf[index]!)),
    });
    const ask = async (more: object) => {
      const body = { messages: [user('count')], temperature: 1, best_of: 3, ...more };
      return (await json(app.request('POST', path, { body }))).choices;
    };
    const [best, ...others] = await ask({});
    expect(best).toMatchObject({ message: { content: 'two' }, logprobs: null });
    expect(others).toEqual([]);
    const [first, second] = await ask({ n: 2, logprobs: true });
    expect(first.logprobs.content[0]).toMatchObject({ logprob: -1 });
    expect(second.logprobs.content[0]).toMatchObject({ logprob: -2 });
  });

  it('says "length" where the reply is as long as it may be', async () => {
    const text = 'i like dogs and cats.';
    const max_tokens = tokenizer.encode(text).length + 1;
    const app = testApp({ backend: sayBack(text) });
    const finish = async (body: object) =>
      (await json(app.request('POST', path, { body: { messages: [user('hi')], ...body } }))).choices[0]
        .finish_reason;
    expect(await finish({ max_tokens })).toBe('length');
    expect(await finish({ max_tokens: max_tokens + 1 })).toBe('stop');
  });

  it('says so where the message is longer than the model can read', async () => {
    const app = testApp();
    const response = await app.request('POST', path, { body: { messages: [user('hello '.repeat(500))] } });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tandem-truncated')).toBe('true');
    expect(tensor(app.requests[0], 'input_ids')).toHaveLength(modelConfig.maxPositions);
  });

  it('accepts what SDKs send unasked', async () => {
    const app = testApp();
    const sentBack = {
      ...assistant('hello'),
      name: 'tandem',
      refusal: null,
      annotations: [],
      audio: null,
      tool_calls: [],
      function_call: null,
    };
    const body = {
      model: 'tandem-mini',
      messages: [user('hi'), sentBack, user('how are you?')],
      stream: false,
      temperature: 1,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logprobs: false,
      stop: null,
      user: 'someone',
      seed: 7,
      tools: [],
      response_format: { type: 'text' },
    };
    expect((await app.request('POST', path, { body })).status).toBe(200);
  });

  it('takes null for absent, as OpenAI’s own types let it stand for all that is optional', async () => {
    // Some languages' clients write each field of their type.
    const optional = [
      ...['audio', 'frequency_penalty', 'logit_bias', 'logprobs', 'max_completion_tokens', 'max_tokens'],
      ...['metadata', 'modalities', 'moderation', 'n', 'prediction', 'presence_penalty', 'prompt_cache_key'],
      ...['prompt_cache_retention', 'reasoning_effort', 'safety_identifier', 'seed', 'service_tier', 'stop'],
      ...['store', 'stream', 'stream_options', 'temperature', 'top_logprobs', 'top_p', 'user', 'verbosity'],
    ];
    const body = { messages: [user('hi')], ...Object.fromEntries(optional.map((name) => [name, null])) };
    expect((await testApp().request('POST', path, { body })).status).toBe(200);
  });

  it.each([
    ['top_logprobs', 2],
    ['presence_penalty', 0.5],
    ['frequency_penalty', -0.5],
    ['prompt_logprobs', 1],
    ['metadata', { a: 'b' }],
    ['tools', [{ type: 'function' }]],
    ['response_format', { type: 'json_object' }],
    ['reasoning_effort', 'low'],
    ['made_up', 1],
    ['constructor', 1],
  ])('refuses %s: %j by name', async (name, value) => {
    const body = { messages: [user('hi')], [name]: value };
    expect(await refused(body)).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: name,
      message: expect.stringContaining(name),
    });
  });

  it.each([
    ['tool_calls', [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }]],
    ['audio', { id: 'a' }],
    ['refusal', 'no'],
    ['name', 3],
    ['made_up', null],
  ])('refuses %s: %j in a message by name', async (name, value) => {
    const messages = [user('hi'), { ...assistant('hello'), [name]: value }, user('how are you?')];
    const param = `messages.1.${name}`;
    expect(await refused({ messages })).toMatchObject({ status: 400, code: 'unsupported_parameter', param });
  });

  it('refuses an unknown field of a part by name', async () => {
    const part = { type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } };
    expect(await refused({ messages: [user([part])] })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'messages.0.content.0.cache_control',
    });
  });

  it.each([
    ['n', { n: 6, num_beams: 5 }],
    ['n', { n: 0 }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_tokens', { max_tokens: 3, max_completion_tokens: 4 }],
    ['min_tokens', { min_tokens: 9, max_tokens: 8 }],
    ['num_beams', { num_beams: 21 }],
    ['num_beams', { num_beams: 2.5 }],
    ['n', { n: 21 }],
    ['n', { n: 21, temperature: 1 }],
    ['best_of', { best_of: 1, n: 2 }],
    ['temperature', { temperature: -0.1 }],
    ['temperature', { temperature: 0.7, num_beams: 4 }],
    ['top_p', { top_p: 0.9, use_beam_search: true }],
    ['top_p', { top_p: 1.1 }],
    ['seed', { seed: -1 }],
    ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['stop', { stop: '' }],
    ['stop_token_ids', { stop_token_ids: [2_000] }],
    ['logit_bias', { logit_bias: { '2000': 1 } }],
    ['logit_bias.5', { logit_bias: { '5': 101 } }],
    ['logit_bias', { logit_bias: [1] }],
    ['logit_bias.the', { logit_bias: { the: 1 } }],
    ['logit_bias.-1', { logit_bias: { '-1': 1 } }],
    ['logit_bias.__proto__', { logit_bias: JSON.parse('{"__proto__": 1}') }],
    ['user', { user: 7 }],
    ['bad_words', { bad_words: ['x'.repeat(100)] }],
    ['stream_options', { stream_options: { include_usage: true } }],
    ['repetition_penalty', { repetition_penalty: 0 }],
    ['length_penalty', { length_penalty: 'long' }],
    ['early_stopping', { early_stopping: 'always' }],
    ['no_repeat_ngram_size', { no_repeat_ngram_size: -1 }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hi' }],
    ['messages', { messages: null }],
    ['messages.0', { messages: ['hi'] }],
    ['messages.0.role', { messages: [{ role: 'robot', content: 'hi' }] }],
    ['messages.0.content', { messages: [{ role: 'user', content: 3 }] }],
    ['messages.0.content.0.type', { messages: [user([{ type: 'image_url', image_url: { url: 'x' } }])] }],
  ])('refuses a bad %s: %j', async (param, fields) => {
    const body = { messages: [user('hi')], ...fields };
    expect(await refused(body)).toMatchObject({ status: 400, code: 'invalid_value', param });
  });

  it('says of a bias what its keys are', async () => {
    const { message } = await refused({ messages: [user('hi')], logit_bias: { the: 1 } });
    expect(message).toBe(
      'logit_bias.the: is no token id: keys are ids as POST /v1/tokenize tells them, such as "464".',
    );
  });

  it('says of an image what the model reads', async () => {
    const { message } = await refused({ messages: [user([{ type: 'image_url', image_url: { url: 'x' } }])] });
    expect(message).toBe('messages.0.content.0.type: must be "text": the model reads nothing else.');
  });

  it('refuses a conversation whose last word is not the user’s', async () => {
    const error = await refused({ messages: [user('hi'), assistant('hello')] });
    expect(error).toMatchObject({ status: 400, code: 'invalid_request', param: 'messages' });
  });

  it('refuses an empty message, wherever it stands', async () => {
    const error = await refused({ messages: [user(' \n '), assistant('hello'), user('hi')] });
    expect(error).toMatchObject({ status: 400, code: 'empty_message', param: 'messages.0.content' });
  });

  it('refuses a message that is too long, and names the limit', async () => {
    const error = await refused({ messages: [user('a'.repeat(4_001))] });
    expect(error).toMatchObject({
      status: 400,
      code: 'message_too_long',
      message: expect.stringContaining('4000'),
    });
  });

  it('refuses a persona that leaves no room for a conversation, and says where it stood', async () => {
    const error = await refused({
      messages: [{ role: 'system', content: 'very long '.repeat(60) }, user('hi')],
    });
    expect(error).toMatchObject({
      ...{ status: 400, code: 'persona_too_long', param: 'messages' },
      message: expect.stringMatching(/^What system messages say, the persona, is too long: \d+ tokens/),
    });
  });

  it('knows only the model that is served', async () => {
    const error = await refused({ model: 'gpt-4o', messages: [user('hi')] });
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });
});
