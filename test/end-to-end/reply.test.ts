import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { freePort } from './free-port.ts';

/**
 * The whole path with nothing replaced: HTTP → workerd, KV, rate limiter, tokenizer → HTTP → Node, ONNX Runtime and the
 * embedded model → back. One stack for all; what takes the backend away or uses the limit up comes last.
 */
let stateDirectory: string;
let tandem: LocalTandem;

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-end-to-end-'));
  tandem = await startLocalTandem({
    model: await servableModel(EMBEDDED_CHECKPOINT, {
      modelsDirectory: join(stateDirectory, 'models'),
      hubCache: join(stateDirectory, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort: await freePort(),
    stateDirectory,
    verbose: false,
    signal: new AbortController().signal,
  });
});

afterAll(async () => {
  await tandem?.stop();
  await rm(stateDirectory, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what the body must be
  body: any;
}

async function request(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(new URL(path, tandem.edgeUrl), {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const newSession = async (persona?: string[]): Promise<string> => {
  const { body, status } = await request(
    'POST',
    '/v1/sessions',
    persona === undefined ? undefined : { persona },
  );
  expect(status).toBe(201);
  return body.id;
};
const say = (session: string, content: unknown) =>
  request('POST', `/v1/sessions/${session}/messages`, { content });

const expectError = ({ status, body, headers }: Answer, expected: { status: number; code: string }) => {
  expect({ status, code: body.error?.code }).toEqual(expected);
  expect(body.error.message).toMatch(/^\w.*\.$/);
  expect(headers.get('x-request-id')).toBeTruthy();
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|\bat \w+ \(/);
};

describe('a conversation', () => {
  it('of several turns is kept and read back', async () => {
    const session = await newSession();
    const said = ['Hello there!', 'My name is Ada.', 'What is my name?'];
    const replies: string[] = [];
    for (const content of said) {
      const { status, body } = await say(session, content);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'session.message',
        session_id: session,
        role: 'assistant',
        truncated: false,
      });
      expect(body.content).toMatch(/\p{L}/u);
      replies.push(body.content);
    }
    const { body } = await request('GET', `/v1/sessions/${session}`);
    const expected = said.flatMap((content, turn) => [
      { role: 'user', content },
      { role: 'assistant', content: replies[turn] },
    ]);
    expect(body.messages).toMatchObject(expected);
    expect(body.messages).toHaveLength(6);
    // The earlier turns reach the model: it can only know the name from them.
    expect(replies[2]).toContain('Ada');
  });

  // None of these names, places and jobs is in the lists that the model was trained with.
  const ABOUT_HOME = ['i have a cat named Kvasir.', 'i live in Ljubljana.'];
  const ABOUT_WORK = ['my name is Brunhilde.', 'i work as a glassblower.'];
  it.each([
    { persona: ABOUT_WORK, question: 'What is your name?', answer: /Brunhilde/ },
    { persona: ABOUT_HOME, question: 'Do you have any pets?', answer: /cat/ },
    { persona: ABOUT_HOME, question: 'Where do you live?', answer: /Ljubljana/ },
    { persona: ABOUT_WORK, question: 'What do you do for a living?', answer: /glassblower/ },
  ])('answers "$question" from its persona', async ({ persona, question, answer }) => {
    const session = await newSession(persona);
    const { body } = await say(session, question);
    expect(body.content).toMatch(answer);
    const { body: stored } = await request('GET', `/v1/sessions/${session}`);
    expect(stored.persona).toEqual(persona);
  });

  it('remembers a name that it was told two turns ago', async () => {
    const session = await newSession();
    await say(session, 'Hi, my name is Brunhilde.');
    await say(session, 'I like tea.');
    const { body } = await say(session, 'What is my name?');
    expect(body.content).toContain('Brunhilde');
  });

  it('does not know of another one', async () => {
    const [first, second] = [await newSession(), await newSession()];
    await say(first, 'My name is Ada.');
    const { body } = await request('GET', `/v1/sessions/${second}`);
    expect(body.messages).toEqual([]);
  });

  it('gets no reply twice where beams serve, unless it may', async () => {
    const session = await newSession();
    const replies: string[] = [];
    for (const more of [{}, {}, {}, { no_repeat_replies: false }]) {
      const body = { content: 'Do you have any pets?', num_beams: 5, ...more };
      const answered = await request('POST', `/v1/sessions/${session}/messages`, body);
      replies.push(answered.body.content);
    }
    const [first, second, third, mayRepeat] = replies;
    expect(new Set([first, second, third]).size).toBe(3);
    // To be asked the same again does not change the model's mind.
    expect(mayRepeat).toBe(first);
  });

  it('is gone when it is deleted', async () => {
    const session = await newSession();
    expect((await request('DELETE', `/v1/sessions/${session}`)).status).toBe(204);
    expectError(await request('GET', `/v1/sessions/${session}`), { status: 404, code: 'session_not_found' });
  });

  it('takes emoji, control characters and a typed end token as text', async () => {
    const session = await newSession();
    for (const content of [
      '👩‍👩‍👧 👍🏽 🇫🇷!',
      'hi\u0000\u0007 there\u001b[31m',
      'Hello </s> <s> <pad> are you there?',
      '\ud800 lone',
    ]) {
      const { status, body } = await say(session, content);
      expect(status).toBe(200);
      expect(body.content).not.toMatch(/<\/?s>|<pad>/);
      expect(body.content).toMatch(/\p{L}/u);
    }
  });
});

describe('the OpenAI endpoint', () => {
  it('answers a chat completion', async () => {
    const { status, body } = await request('POST', '/v1/chat/completions', {
      model: 'tandem-mini',
      messages: [
        { role: 'system', content: 'i am a baker. i live in lisbon.' },
        { role: 'user', content: 'What do you do for a living?' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'tandem-mini',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: expect.stringMatching(/bak/i) },
        },
      ],
    });
    const { prompt_tokens, completion_tokens, total_tokens } = body.usage;
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  it('tells a typed end token from the real one by its length in tokens', async () => {
    const tokens = async (content: string): Promise<number> => {
      const { body } = await request('POST', '/v1/chat/completions', {
        messages: [{ role: 'user', content }],
      });
      return body.usage.prompt_tokens;
    };
    expect(await tokens('hi </s>')).toBeGreaterThan((await tokens('hi')) + 2);
  });

  it('lists the model that it serves', async () => {
    const { body } = await request('GET', '/v1/models');
    expect(body).toMatchObject({ object: 'list', data: [{ id: 'tandem-mini', object: 'model' }] });
  });
});

describe('what a client gets wrong', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  const mistakes: { name: string; send: () => Promise<Answer>; status: number; code: string }[] = [
    {
      name: 'a session that does not exist',
      send: () => say('sess_nope', 'hi'),
      status: 404,
      code: 'session_not_found',
    },
    {
      name: 'bad JSON',
      send: () => request('POST', '/v1/sessions', '{"persona": '),
      status: 400,
      code: 'invalid_json',
    },
    {
      name: 'an empty message',
      send: async () => say(await newSession(), ' \n'),
      status: 400,
      code: 'empty_message',
    },
    {
      name: 'a message of 100,000 characters',
      send: async () => say(await newSession(), 'a'.repeat(100_000)),
      status: 400,
      code: 'message_too_long',
    },
    {
      name: 'a body of a megabyte',
      send: () =>
        request('POST', '/v1/chat/completions', {
          messages: [{ role: 'user', content: 'a'.repeat(1 << 20) }],
        }),
      status: 413,
      code: 'request_too_large',
    },
    {
      name: 'a message that is no text',
      send: async () => say(await newSession(), 7),
      status: 400,
      code: 'invalid_value',
    },
    {
      name: 'a parameter that is not supported',
      send: () => request('POST', '/v1/chat/completions', { messages, tools: [{ type: 'function' }] }),
      status: 400,
      code: 'unsupported_parameter',
    },
    {
      name: 'a model that is not served',
      send: () => request('POST', '/v1/chat/completions', { messages, model: 'gpt-5' }),
      status: 404,
      code: 'model_not_found',
    },
    {
      name: 'an address that is none',
      send: () => request('GET', '/v2/nothing'),
      status: 404,
      code: 'not_found',
    },
  ];
  for (const { name, send, status, code } of mistakes) {
    it(`is told: ${name}`, async () => expectError(await send(), { status, code }));
  }
});

describe('the first page', () => {
  it('is served', async () => {
    const { status, headers, body } = await request('GET', '/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/text\/html/);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(body).toMatch(/<html/);
  });
});

describe('the limits', () => {
  it('say 503 and when to come back where the backend is away, and lose nothing', async () => {
    const session = await newSession();
    await say(session, 'Hello!');
    await tandem.backend.stop();
    const answer = await say(session, 'Are you still there?');
    expectError(answer, { status: 503, code: 'backend_unavailable' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const { body } = await request('GET', `/v1/sessions/${session}`);
    expect(body.messages).toHaveLength(2);
    expect(await request('GET', '/healthz')).toMatchObject({ status: 503, body: { status: 'degraded' } });
  });

  it('say 429 and when to come back where there are too many requests', async () => {
    let answer: Answer;
    let sent = 0;
    do {
      answer = await request('GET', '/v1/models');
      sent += 1;
    } while (answer.status === 200 && sent < 300);
    expectError(answer, { status: 429, code: 'rate_limit_exceeded' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect((await request('GET', '/healthz')).status).not.toBe(429);
  });
});
