import { describe, expect, it } from 'vitest';
import { createApp } from '../../../edge/app.ts';
import { createSessionId } from '../../../edge/session/session.ts';
import { chunked, expectSentence, json, testApp } from '../test-app.ts';

const sessions = '/v1/sessions';

async function error(response: Response | Promise<Response>) {
  const { status, headers } = await response;
  const body = await json((await response).clone());
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error)).toEqual(['message', 'type', 'param', 'code']);
  expect(headers.get('content-type')).toBe('application/json');
  expectSentence(body.error);
  return { status, ...body.error };
}

const manyKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, key) => [key, 999]));

describe('what a client sends wrong', () => {
  it.each([
    ['{', 'invalid_json'],
    ['{"persona": undefined}', 'invalid_json'],
    ['\u0000', 'invalid_json'],
    ['{"persona": ["a"], "persona": ["b"]}', 'invalid_json'],
    ['[]', 'invalid_request'],
    ['null', 'invalid_request'],
    ['"hi"', 'invalid_request'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'invalid_request'],
  ])('%# is answered 400', async (body, code) => {
    const app = testApp();
    expect(await error(app.request('POST', sessions, { body }))).toMatchObject({ status: 400, code });
  });

  it.each([
    ['/v1/chat/completions', {}, 'messages'],
    ['/v1/completions', { model: 'tandem-mini' }, 'prompt'],
    ['/v1/tokenize', { messages: [{ role: 'user' }] }, 'messages.0.content'],
  ])('that leaves out what %s needs is told its name: %#', async (path, body, param) => {
    const answer = await error(testApp().request('POST', path, { body }));
    expect(answer).toMatchObject({ status: 400, code: 'invalid_value', param });
    expect(answer.message).toBe(`The parameter "${param}" is missing.`);
  });

  it('says where JSON breaks off, without quoting it', async () => {
    const { message } = await error(
      testApp().request('POST', sessions, { body: '{"persona": "secret" oops}' }),
    );
    expect(message).toMatch(/at position 21/);
    expect(message).not.toContain('secret');
  });

  it('answers with well-formed text where a name holds half a surrogate pair', async () => {
    const text = await (await testApp().request('POST', sessions, { body: '{"\\ud800a": 1}' })).text();
    expect(text).toContain('\ufffda');
    expect(text).not.toMatch(/\\ud8/i);
  });

  it('refuses an empty body where one is needed', async () => {
    const app = testApp();
    const headers = { 'content-type': 'application/json' };
    const refused = await error(app.request('POST', '/v1/chat/completions', { headers }));
    expect(refused).toMatchObject({ status: 400, code: 'invalid_json' });
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'refuses %s',
    async (contentType) => {
      for (const body of ['{}', '']) {
        const init = { body, headers: { 'content-type': contentType } };
        const refused = await error(testApp().request('POST', sessions, init));
        expect(refused).toMatchObject({ status: 415, code: 'unsupported_media_type' });
      }
    },
  );

  it.each([{ 'content-type': 'application/json; charset=latin1' }, { 'content-encoding': 'gzip' }])(
    'refuses %j',
    async (headers: Record<string, string>) => {
      const refused = await error(testApp().request('POST', sessions, { body: '{}', headers }));
      expect(refused).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    },
  );

  it('refuses what is not UTF-8', async () => {
    const body = new Uint8Array([...new TextEncoder().encode('{"persona": "'), 0xe9, 0x22, 0x7d]);
    expect(await error(testApp().request('POST', sessions, { body }))).toMatchObject({
      status: 400,
      code: 'invalid_json',
      message: 'The body is not UTF-8.',
    });
  });

  it('puts characters together that arrive in parts, and refuses one that never ends', async () => {
    const bytes = new TextEncoder().encode('{"persona": ["i like 🦊."]}');
    const byteByByte = (sent: Uint8Array) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of sent) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
    const whole = await testApp().request('POST', sessions, { body: byteByByte(bytes) });
    expect((await json(whole)).persona).toEqual(['i like 🦊.']);
    const cut = bytes.subarray(0, bytes.indexOf(0xf0) + 2);
    expect(await error(testApp().request('POST', sessions, { body: byteByByte(cut) }))).toMatchObject({
      code: 'invalid_json',
      message: 'The body is not UTF-8.',
    });
  });

  it('takes a body without a content type for JSON', async () => {
    const body = new TextEncoder().encode('{"persona": ["i bake."]}');
    const { dependencies } = testApp();
    const headers = { 'cf-connecting-ip': '127.0.0.1' };
    const response = await createApp(dependencies).request(sessions, { method: 'POST', body, headers });
    expect((await json(response)).persona).toEqual(['i bake.']);
  });

  it('takes JSON with a charset, and JSON of another name', async () => {
    for (const contentType of [
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
      'application/vnd.api+json',
    ]) {
      const init = { body: '{}', headers: { 'content-type': contentType } };
      expect((await testApp().request('POST', sessions, init)).status).toBe(201);
    }
  });

  it('refuses a body over 256 KiB, with and without a stated length', async () => {
    const body = JSON.stringify({ persona: 'a'.repeat(256 * 1024) });
    const stated = testApp().request('POST', sessions, {
      body,
      headers: { 'content-length': String(body.length) },
    });
    expect(await error(stated)).toMatchObject({ status: 413, code: 'request_too_large' });
    const unstated = testApp().request('POST', sessions, { body: chunked(body) });
    expect(await error(unstated)).toMatchObject({ status: 413, code: 'request_too_large' });
  });

  it('does not take an upload that breaks off for a failure of its own', async () => {
    const app = testApp();
    const response = await app.request('POST', sessions, { body: chunked('{"pers', { broken: true }) });
    expect(response.status).toBe(499);
    expect(app.log[0]).toMatchObject({ status: 499, code: 'client_closed_request' });
  });

  it.each([
    ['/v1/chat/completions', 'messages', { messages: new Array(130_000).fill(0) }],
    ['/v1/chat/completions', 'messages', { messages: new Array(80_000).fill({}) }],
    ['/v1/chat/completions', 'messages', { messages: new Array(1_001).fill({ role: 'user', content: '' }) }],
    [
      '/v1/chat/completions',
      'messages.0.content',
      { messages: [{ role: 'user', content: new Array(87_000).fill({}) }] },
    ],
    [
      '/v1/chat/completions',
      'messages.0.content.0.type',
      { messages: new Array(1_000).fill({ role: 'user', content: new Array(70).fill({}) }) },
    ],
    ['/v1/chat/completions', 'stop', { messages: [0], stop: new Array(100_000).fill(0) }],
    ['/v1/chat/completions', 'bad_words', { messages: [0], bad_words: new Array(100_000).fill(0) }],
    ['/v1/chat/completions', 'stop_token_ids', { messages: [0], stop_token_ids: new Array(60_000).fill('') }],
    ['/v1/chat/completions', 'logit_bias', { messages: [0], logit_bias: manyKeys(15_000) }],
    ['/v1/completions', 'prompt', { prompt: new Array(60_000).fill('') }],
    ['/v1/completions', 'prompt', { prompt: new Array(80_000).fill([]) }],
    ['/v1/completions', 'prompt', { prompt: new Array(8).fill(new Array(4_000).fill(-1)) }],
    ['/v1/detokenize', 'tokens', { tokens: new Array(80_000).fill(-1) }],
    [sessions, 'persona', { persona: new Array(130_000).fill(0) }],
    [sessions, 'persona', { persona: new Array(80_000).fill('') }],
  ])('refuses a list of far too many: %s %s', async (path, param, sent) => {
    const body = JSON.stringify(sent);
    expect(body.length).toBeLessThanOrEqual(256 * 1024);
    expect(await error(testApp().request('POST', path, { body }))).toMatchObject({
      status: 400,
      code: 'invalid_value',
      param,
    });
  });

  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each([
    ['/v1/chat/completions', 'messages.0', `{"messages":${nested}}`],
    ['/v1/chat/completions', 'messages.0.content.0', `{"messages":[{"role":"user","content":${nested}}]}`],
    ['/v1/completions', 'prompt', `{"prompt":${nested}}`],
    [sessions, 'metadata.a', `{"metadata":{"a":${nested}}}`],
    [`${sessions}/${createSessionId()}/messages`, 'messages.0', `{"content":"hi","messages":${nested}}`],
  ])('refuses lists within each other without end: %s %s', async (path, param, body) => {
    const headers = { 'idempotency-key': 'k' };
    const response = testApp().request('POST', path, { body, headers });
    expect(await error(response)).toMatchObject({ status: 400, code: 'invalid_value', param });
  });

  it.each(['/nothing', '/chat/completions', '/v1', '/v1/nothing', '/v1/sessions/a/b/c'])(
    'does not know %s, and says where to look',
    async (path) => {
      const refused = await error(testApp().request('GET', path));
      expect(refused).toMatchObject({ status: 404, code: 'not_found' });
      expect(refused.message).toMatch(/begin with \/v1\/.* \/docs/);
    },
  );

  it.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['PUT', '/v1/sessions', 'POST'],
    ['PUT', '/v1/sessions/x', 'GET, HEAD, PATCH, DELETE'],
    ['POST', '/', 'GET, HEAD'],
  ])('refuses %s %s and says what is allowed', async (method, path, allow) => {
    const app = testApp();
    const response = await app.request(method, path);
    expect(response.headers.get('allow')).toBe(allow);
    const refused = await error(response);
    expect(refused).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(refused.message).toBe(
      `This address does not know this method. Use ${allow.replaceAll(',', ' or')}.`,
    );
  });
});

describe('an error of the edge’s own', () => {
  it('is answered without its details, which go to the log', async () => {
    const app = testApp({
      dependencies: { sessions: () => Promise.reject(new Error('storage is on fire')) },
    });
    const response = await app.request('POST', sessions);
    const text = await response.clone().text();
    expect(await error(response)).toMatchObject({
      status: 500,
      code: 'internal_error',
      type: 'server_error',
    });
    expect(text).not.toMatch(/fire|\.ts/);
    const { status, cause } = app.log[0]!;
    expect(status).toBe(500);
    // Where it was thrown, and not what it says: it may quote what somebody wrote.
    expect(cause).toMatch(/^Error at .*request-errors\.test\.ts/);
    expect(cause).not.toContain('fire');
  });
});
