import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeClient } from '../../../infra/edge-client.ts';
import { smokeTest } from '../../../infra/smoke-test/smoke-test.ts';
import { runCli } from '../cli.ts';

/** A stand-in for an edge, to break one thing at a time; a real one is tried in test/end-to-end/upgrade. */
const REPLY = 'i have a dog .';
const CHUNKS = [
  { choices: [{ delta: { role: 'assistant', content: 'i have ' }, finish_reason: null }] },
  { choices: [{ delta: { content: 'a dog .' }, finish_reason: 'stop' }] },
];
const stream = (chunks: object[], end = 'data: [DONE]\n\n') =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + end;
const message = (role: string, content: string) => ({ role, content });

type Answers = Record<string, [status: number, body: unknown]>;
const WELL: Answers = {
  'GET /healthz': [200, { status: 'ok', version: '0.1.0', model: 'bot', backends: [] }],
  'POST /v1/chat/completions': [200, { choices: [{ message: message('assistant', REPLY) }] }],
  'POST /v1/chat/completions stream': [200, stream(CHUNKS)],
  'POST /v1/sessions': [201, { id: 's' }],
  'POST /v1/sessions/s/messages': [200, message('assistant', REPLY)],
  'GET /v1/sessions/s/messages': [
    200,
    {
      data: [
        message('user', 'a'),
        message('assistant', REPLY),
        message('user', 'b'),
        message('assistant', REPLY),
      ],
    },
  ],
  'DELETE /v1/sessions/s': [204, ''],
};

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(answers: Answers) {
  const asked: string[] = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const name = `${request.method} ${request.url}${body.includes('"stream":true') ? ' stream' : ''}`;
    asked.push(name);
    const [status, answer] = { ...WELL, ...answers }[name] ?? [404, {}];
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('the smoke test', () => {
  it('uses every way to the model, and erases what it said', async () => {
    const { url, asked } = await serve({});
    const findings = await smokeTest(new EdgeClient(new URL(url), undefined));
    expect(findings).toEqual([
      { about: 'health', state: 'ok', found: 'Tandem 0.1.0 serves bot' },
      { about: 'reply', state: 'ok', found: 'a reply of 5 words' },
      { about: 'stream', state: 'ok', found: 'a reply of 5 words' },
      { about: 'session', state: 'ok', found: 'a reply of 5 words' },
    ]);
    expect(asked.at(-1)).toBe('DELETE /v1/sessions/s');
  });

  it.each<[string, Answers, RegExp]>([
    [
      'health',
      { 'GET /healthz': [503, { ...(WELL['GET /healthz']![1] as object), status: 'degraded' }] },
      /no backend/,
    ],
    ['health', { 'GET /healthz': [200, '<html>'] }, /no edge of Tandem/],
    ['reply', { 'POST /v1/chat/completions': [503, { error: { message: 'Try again soon.' } }] }, /Try again/],
    [
      'reply',
      { 'POST /v1/chat/completions': [200, { choices: [{ message: message('assistant', ' ') }] }] },
      /empty/,
    ],
    ['stream', { 'POST /v1/chat/completions stream': [200, stream(CHUNKS, '')] }, /\[DONE\]/],
    ['stream', { 'POST /v1/chat/completions stream': [200, stream(CHUNKS.slice(0, 1))] }, /no reason/],
    ['stream', { 'POST /v1/chat/completions stream': [500, ''] }, /answered 500/],
    [
      'session',
      { 'POST /v1/sessions': [401, { error: { message: 'A key is needed.' } }] },
      /A key is needed/,
    ],
    ['session', { 'GET /v1/sessions/s/messages': [200, { data: [] }] }, /does not keep/],
    ['session', { 'DELETE /v1/sessions/s': [500, ''] }, /not erased/],
  ])('finds a broken %s where %j', async (part, answers, found) => {
    const { url } = await serve(answers);
    const problems = (await smokeTest(new EdgeClient(new URL(url), undefined))).filter(
      ({ state }) => state !== 'ok',
    );
    expect(problems).toEqual([
      expect.objectContaining({ about: part, state: 'problem', found: expect.stringMatching(found) }),
    ]);
  });

  it('ends with 1 on the command line where something is wrong, and says what in lines or JSON', async () => {
    const { url } = await serve({ 'GET /v1/sessions/s/messages': [200, { data: [] }] });
    const [lines, json] = await Promise.all([
      runCli(['smoke-test', '--url', url]),
      runCli(['smoke-test', '--url', url, '--json']),
    ]);
    expect(lines).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^problem {2}session: does not keep/m),
    });
    expect(JSON.parse(json.stdout)).toHaveLength(4);
    expect((await runCli(['smoke-test', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
  });
});
