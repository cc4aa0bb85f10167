import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KEEP_ALIVE_MS } from '../../../edge/openai/event-stream.ts';
import { events, streamedText } from '../events.ts';
import { type BackendFetch, asReply, inferenceAnswer, json, sayBack, testApp } from '../test-app.ts';

const path = '/v1/chat/completions';
const body = { messages: [{ role: 'user', content: 'hello' }], stream: true };

describe('a streamed chat completion', () => {
  it('comes as OpenAI’s events: the role, words, how it ended, and the end', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const response = await app.request('POST', path, { body });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const sent = await events(response);
    expect(sent.at(-1)).toBe('[DONE]');
    expect(sent.slice(0, -1).map(({ choices }) => choices)).toEqual([
      [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null, logprobs: null }],
      [{ index: 0, delta: { content: 'i' }, finish_reason: null, logprobs: null }],
      [{ index: 0, delta: { content: ' like' }, finish_reason: null, logprobs: null }],
      [{ index: 0, delta: { content: ' dogs.' }, finish_reason: null, logprobs: null }],
      [{ index: 0, delta: {}, finish_reason: 'stop', logprobs: null }],
    ]);
    for (const event of sent.slice(0, -1)) {
      expect(event).toMatchObject({ id: sent[0].id, object: 'chat.completion.chunk', model: 'tandem-mini' });
      expect(event).not.toHaveProperty('usage');
    }
  });

  it('is the same reply as without streaming, with the same usage', async () => {
    const app = testApp({ backend: sayBack('one two  three', 'four\nfive') });
    const two = { ...body, n: 2, num_beams: 2, logprobs: true };
    const whole = await json(app.request('POST', path, { body: { ...two, stream: false } }));
    const sent = await events(
      await app.request('POST', path, { body: { ...two, stream_options: { include_usage: true } } }),
    );
    for (const { index, message, logprobs } of whole.choices) {
      expect(streamedText(sent, index)).toBe(message.content);
      const choices = sent.flatMap((event) => event.choices ?? []).filter((choice) => choice.index === index);
      expect(choices.flatMap((choice) => choice.logprobs?.content ?? [])).toEqual(logprobs.content);
    }
    const usages = sent.slice(0, -1).map(({ choices, usage }) => ({ choices: choices.length, usage }));
    expect(usages.at(-1)).toEqual({ choices: 0, usage: whole.usage });
    expect(usages.slice(0, -1).every(({ choices, usage }) => choices === 1 && usage === null)).toBe(true);
  });

  it('of nothing has a role and an end', async () => {
    const sent = await events(await testApp({ backend: sayBack('') }).request('POST', path, { body }));
    expect(sent.slice(0, -1).map(({ choices }) => choices[0].finish_reason)).toEqual([null, 'stop']);
  });

  it.each([
    [{ ...body, messages: [] }, undefined, 400],
    [body, async () => new Response(null, { status: 503 }), 503],
  ])('that fails before it began has a status: %#', async (sent, backend, status) => {
    const app = testApp(backend === undefined ? {} : { backend });
    const response = await app.request('POST', path, { body: sent });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect((await json(response)).error.message).toBeTruthy();
  });
});

describe('a streamed reply that takes long', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A backend that answers when it is told to. */
  function slowBackend() {
    let answer!: (response: Response) => void;
    let signal: AbortSignal | undefined;
    const backend: BackendFetch = (_, init) => {
      signal = init.signal!;
      return new Promise((resolve, reject) => {
        answer = resolve;
        signal!.addEventListener('abort', () => reject(signal!.reason));
      });
    };
    return { backend, answer: (response: Response) => answer(response), signal: () => signal };
  }

  async function started() {
    const slow = slowBackend();
    const app = testApp({ backend: slow.backend });
    const pending = app.request('POST', path, { body });
    await vi.waitFor(() => expect(slow.signal()).toBeDefined());
    await vi.advanceTimersByTimeAsync(KEEP_ALIVE_MS);
    return { app, slow, response: await pending };
  }

  it('is kept open by comments', async () => {
    const { slow, response } = await started();
    const read = response.text();
    await vi.advanceTimersByTimeAsync(2 * KEEP_ALIVE_MS);
    slow.answer(Response.json(inferenceAnswer([asReply('hello')])));
    const text = await read;
    expect(text.match(/^: .*$/gm)).toHaveLength(3);
    expect(await events(new Response(text, response))).toHaveLength(4);
  });

  it('has its line of the log, with the backend’s part, once the reply is there', async () => {
    const { app, slow, response } = await started();
    expect(app.log).toEqual([]);
    slow.answer(Response.json(inferenceAnswer([asReply('hello')])));
    await response.text();
    expect(app.log).toEqual([
      expect.objectContaining({ event: 'request', route: path, status: 200, backend: '1', attempts: 1 }),
    ]);
    expect(app.points).toHaveLength(1);
  });

  it('says in an event that it failed, and in the log why', async () => {
    const { app, slow, response } = await started();
    slow.answer(Response.json({ error: 'on fire' }, { status: 500 }));
    const sent = await events(response);
    expect(sent).toEqual([
      { error: expect.objectContaining({ code: 'backend_unavailable', type: 'server_error' }) },
    ]);
    expect(app.log).toContainEqual(
      expect.objectContaining({
        event: 'stream_error',
        code: 'backend_unavailable',
        cause: expect.stringContaining('on fire'),
      }),
    );
  });

  it('is given up when its client goes away', async () => {
    const { app, slow, response } = await started();
    await response.body!.cancel();
    expect(slow.signal()!.aborted).toBe(true);
    await Promise.all(app.background);
    expect(app.log.map(({ event }) => event)).toEqual(['request']);
  });
});
