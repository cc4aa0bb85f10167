import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from '../../../infra/paths.ts';
import { writeWidgetPackage } from '../../../infra/static/widget-package.ts';

const run = promisify(execFile);
const TSC = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');

/** Somebody else's project, with the package in its node_modules. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tandem-consumer-'));
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  expect(await writeWidgetPackage(join(modules, 'tandem-widget'))).toEqual(['client', 'element']);
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
});
afterAll(() => rm(project, { recursive: true, force: true }));

const CONSUMER = `
import { type ChatMessage, type ChatState, type ClientStorage, TandemClient, TandemError } from 'tandem-widget/client';
const storage: ClientStorage = { get: () => null, set: (text: string | null) => {}, subscribe: () => () => {} };
const client = new TandemClient({ url: 'https://edge.example', key: 'sk_x', persona: ['i have a dog.'], storage });
const unsubscribe: () => void = client.subscribe((state: ChatState, change) => {
  if (change.type === 'reply') console.log(change.message.content.length, state.messages.length);
});
export const reply: Promise<ChatMessage> = client.send('hi');
reply.catch((error: unknown) => error instanceof TandemError && error.code);
unsubscribe();
`;
const PAGE = `
import { TandemChat, type TandemEvents } from 'tandem-widget/element';
const chat: TandemChat = document.createElement('tandem-chat');
chat.addEventListener('tandem:reply', (event) => (event as TandemEvents['tandem:reply']).detail.content.length);
document.body.append(chat);
`;
const WRONG = `
import { TandemClient } from 'tandem-widget/client';
new TandemClient({ url: 'https://edge.example' }).state.messages.push();
`;

async function compile(source: string, resolution: 'bundler' | 'nodenext') {
  await writeFile(join(project, 'consumer.ts'), source);
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', '--types', ''];
  const args = [TSC, ...options, '--module', module, '--moduleResolution', resolution, 'consumer.ts'];
  return run(process.execPath, args, { cwd: project }).then(
    () => '',
    ({ stdout }) => stdout,
  );
}

describe('the package', () => {
  it.each(['bundler', 'nodenext'] as const)('has types for a strict consumer, by %s', async (resolution) => {
    expect(await compile(CONSUMER, resolution)).toBe('');
    expect(await compile(PAGE, resolution)).toBe('');
    expect(await compile(WRONG, resolution)).toMatch(
      /Property 'push' does not exist on type 'readonly ChatMessage\[\]'/,
    );
  });

  it('holds a conversation in Node', async () => {
    const asked: string[] = [];
    const edge: Server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.setHeader('content-type', 'application/json');
      if (request.url === '/v1/sessions') {
        response.end('{"id": "sess_1", "metadata": {}, "messages": []}');
        return;
      }
      const message = { id: 'msg_1', role: 'assistant', content: 'hello there', created_at: 1 };
      response.setHeader('content-type', 'text/event-stream');
      response.end(
        `data: {"id": "msg_1", "delta": "hello"}\n\ndata: ${JSON.stringify(message)}\n\ndata: [DONE]\n\n`,
      );
    }).listen(0, '127.0.0.1');
    await once(edge, 'listening');
    const program = `
      import { TandemClient } from 'tandem-widget/client';
      const url = 'http://127.0.0.1:${(edge.address() as AddressInfo).port}';
      const client = new TandemClient({ url, key: 'sk_x' });
      console.log((await client.send('hi')).content, client.state.phase);
    `;
    await writeFile(join(project, 'program.mjs'), program);
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: project });
    edge.close();
    expect(stdout).toBe('hello there idle\n');
    expect(asked).toEqual(['POST /v1/sessions Bearer sk_x', 'POST /v1/sessions/sess_1/messages Bearer sk_x']);
  });
});
