import { describe, expect, it } from 'vitest';
import { replyTo } from '../../../edge/conversation/reply.ts';
import { Charge } from '../../../edge/limits/charge.ts';
import { CANNED_REPLIES } from '../../../edge/safety/canned-replies.ts';
import { json, sayBack, testApp } from '../test-app.ts';
import { createKey, holding, keyedApp } from '../test-keys.ts';

const RUDE = 'you are a bitch';
const chat = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });

describe('a message that the word filter flags', () => {
  it('is answered with a change of subject, and the model is not asked', async () => {
    const app = testApp();
    const response = await app.request('POST', '/v1/chat/completions', { body: chat(RUDE) });
    const { choices, usage } = await json(response.clone());
    expect(response.status).toBe(200);
    expect(CANNED_REPLIES).toContain(choices[0].message.content);
    expect(choices[0].finish_reason).toBe('content_filter');
    expect(usage.completion_tokens).toBeGreaterThan(5);
    expect(response.headers.get('x-tandem-safety')).toBe('message');
    expect(app.requests).toEqual([]);
    expect(app.log[0]).toMatchObject({ status: 200, flagged: 'message' });
    expect(app.points[0]!.blobs).toContain('message');
    expect(JSON.stringify(app.log)).not.toContain('bitch');
  });

  it('is looked at as far as the model reads it, and no further, however much is sent', async () => {
    const app = testApp();
    // One turn: they are one speaker's.
    const harmless = Array.from({ length: 50 }, () => ({ role: 'user', content: 'cockpit '.repeat(490) }));
    const rude = { role: 'user', content: RUDE };
    const finishReasonOf = async (messages: object[]) => {
      const { choices } = await json(app.request('POST', '/v1/chat/completions', { body: { messages } }));
      return choices[0].finish_reason;
    };
    expect(await finishReasonOf([rude, ...harmless])).toBe('stop');
    expect(await finishReasonOf([...harmless, rude])).toBe('content_filter');
  });

  it('gets as many replies as were asked for, different ones', async () => {
    const body = chat(RUDE, { n: 3, num_beams: 3 });
    const { choices } = await json(testApp().request('POST', '/v1/chat/completions', { body }));
    const texts = choices.map((choice: { message: { content: string } }) => choice.message.content);
    expect(new Set(texts).size).toBe(3);
  });

  it('is answered so in a completion and in a stream, too', async () => {
    const body = { prompt: RUDE, stream: true };
    const response = await testApp().request('POST', '/v1/completions', { body });
    const text = await response.text();
    expect(text).toContain('"finish_reason":"content_filter"');
    expect(text).toMatch(/data: \[DONE\]/);
  });

  it('is not read by the model later in the conversation, and what was said instead of a reply is', async () => {
    const app = testApp();
    const { id } = await json(app.request('POST', '/v1/sessions'));
    const say = (content: string) =>
      json(app.request('POST', `/v1/sessions/${id}/messages`, { body: { content } }));
    const { content: canned } = await say(RUDE);
    await say('i like pizza.');
    const messages = [canned, 'i like pizza.'].map((content, index) => ({
      role: index === 0 ? 'assistant' : 'user',
      content,
    }));
    const { tokens } = await json(app.request('POST', '/v1/tokenize', { body: { messages } }));
    const [input] = app.requests[0]!.inputs;
    expect(input).toMatchObject({ name: 'input_ids', data: tokens });
    const history = await json(app.request('GET', `/v1/sessions/${id}/messages`));
    expect(history.data[0].content).toBe(RUDE);
  });

  it('does not get the same sentence twice in a session', async () => {
    const app = testApp();
    const { id } = await json(app.request('POST', '/v1/sessions'));
    const replies: string[] = [];
    for (let turn = 0; turn < CANNED_REPLIES.length; turn++) {
      const answer = await json(
        app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: RUDE } }),
      );
      expect(answer.finish_reason).toBe('content_filter');
      replies.push(answer.content);
    }
    expect(new Set(replies).size).toBe(CANNED_REPLIES.length);
  });
});

describe('a reply that the word filter flags', () => {
  const twoBeams = chat('hello', { num_beams: 2 });

  it('falls to the next beam', async () => {
    const app = testApp({ backend: sayBack('oh shit', 'oh dear') });
    const response = await app.request('POST', '/v1/chat/completions', { body: twoBeams });
    const { choices } = await json(response.clone());
    expect(choices[0]).toMatchObject({ message: { content: 'oh dear' }, finish_reason: 'stop' });
    expect(response.headers.get('x-tandem-safety')).toBe('reply');
    expect(app.log[0]).toMatchObject({ flagged: 'reply' });
    expect(app.points[0]!.doubles![5]).toBe(1);
  });

  it('falls to a canned sentence where no beam will do', async () => {
    const app = testApp({ backend: sayBack('oh shit', 'fuck that') });
    const { choices } = await json(app.request('POST', '/v1/chat/completions', { body: twoBeams }));
    expect(CANNED_REPLIES).toContain(choices[0].message.content);
    expect(choices[0].finish_reason).toBe('content_filter');
  });

  it('is given where the owner of the key wants no filter, as a flagged message is answered', async () => {
    const { dependencies } = testApp({ backend: sayBack('oh shit') });
    const call = {
      ...{ requestId: 'r', traceparent: null, tenant: null, timeoutMs: null, safety: false },
      signal: new AbortController().signal,
      observe: () => {},
      charge: new Charge(),
    };
    const parameters = dependencies.model.config.recommendedGeneration;
    const replies = await replyTo(dependencies, { promptIds: [5, 2], said: RUDE, parameters, call });
    expect(replies).toMatchObject([{ text: 'oh shit', finishReason: 'stop' }]);
  });
});

describe('the word filter of a key', () => {
  it('is on, and is switched off by its owner', async () => {
    const app = keyedApp({ backend: sayBack('oh shit') });
    const ask = async (choices: object) => {
      const { key } = await createKey(app, choices);
      const init = { body: chat('hello'), headers: holding(key) };
      return (await json(app.request('POST', '/v1/chat/completions', init))).choices[0].message.content;
    };
    expect(CANNED_REPLIES).toContain(await ask({}));
    expect(await ask({ safety: false })).toBe('oh shit');
  });
});

describe('what nobody has to mind', () => {
  it('is not flagged', async () => {
    const app = testApp({ backend: sayBack('the assassin from Scunthorpe is in my class') });
    const body = chat('who sat in the cockpit?');
    const response = await app.request('POST', '/v1/chat/completions', { body });
    expect(response.headers.get('x-tandem-safety')).toBeNull();
    expect((await json(response)).choices[0].finish_reason).toBe('stop');
    expect(app.log[0]).not.toHaveProperty('flagged');
  });
});

describe('a reply that the session was given before', () => {
  const say = async (app: ReturnType<typeof testApp>, id: string): Promise<string> =>
    (await json(app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'hi' } }))).content;

  it('is not given again while another beam serves', async () => {
    const app = testApp({ backend: sayBack('fine, thanks.', 'Fine, thanks!', 'not bad.') });
    const { id } = await json(app.request('POST', '/v1/sessions'));
    expect([await say(app, id), await say(app, id), await say(app, id)]).toEqual([
      'fine, thanks.',
      'not bad.',
      'fine, thanks.',
    ]);
  });

  it('is given again where it may be', async () => {
    const app = testApp({ backend: sayBack('fine.', 'not bad.') });
    const { id } = await json(app.request('POST', '/v1/sessions'));
    const body = { content: 'hi', no_repeat_replies: false };
    const again = () => json(app.request('POST', `/v1/sessions/${id}/messages`, { body }));
    expect([(await again()).content, (await again()).content]).toEqual(['fine.', 'fine.']);
  });

  it('is given again to an OpenAI client, which has its own history, unless it asks for another', async () => {
    const app = testApp({ backend: sayBack('fine.', 'not bad.') });
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'fine.' },
      { role: 'user', content: 'hi' },
    ];
    const ask = async (more: object) => {
      const body = { messages, num_beams: 2, ...more };
      const { choices } = await json(app.request('POST', '/v1/chat/completions', { body }));
      return choices[0].message.content;
    };
    expect(await ask({})).toBe('fine.');
    expect(await ask({ no_repeat_replies: true })).toBe('not bad.');
  });
});
