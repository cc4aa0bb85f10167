import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STATIC_FOLDER } from '../../../infra/paths.ts';

export interface StreamingEdgeOptions {
  /** Messages of every session that it is asked for. */
  history: number;
  wordsPerSecond: number;
  /** How long a reply is streamed. */
  replySeconds: number;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};
/** Nothing but the widget: what is painted first is its bubble. */
const PAGE = ({ attributes = '', body = '' }) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>
<link rel="icon" href="data:,"><script src="/widget.js" ${attributes} defer></script><body>${body}</body></html>`;

/**
 * Answers the widget as an edge with a long conversation and a model that gives its reply word by word. The real edge
 * gives the words of a reply together, once it is found, which is less for a widget to do.
 */
export async function startStreamingEdge(
  options: StreamingEdgeOptions,
): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://edge');
    const sendsMessage = request.method === 'POST' && pathname.endsWith('/messages');
    if (sendsMessage) await streamReply(response, options);
    else if (pathname.startsWith('/v1/')) answer(response, request.method!, pathname, options);
    else if (pathname === '/bubble') send(response, 'text/html', PAGE({ attributes: 'data-key' }));
    else if (pathname === '/inline')
      send(
        response,
        'text/html',
        PAGE({ body: '<tandem-chat mode="inline" style="height: 90vh"></tandem-chat>' }),
      );
    else await sendFile(response, pathname);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, close };
}

const WORDS = 'so what do you think of the weather in lisbon this week ? i heard it rains .'.split(' ');
const NOW = Math.floor(Date.now() / 1_000);

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `msg_${index}`,
    object: 'session.message',
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${WORDS.join(' ')} (${index + 1})`,
    created_at: NOW - count + index,
  }));

function answer(
  response: ServerResponse,
  method: string,
  path: string,
  { history }: StreamingEdgeOptions,
): void {
  const session = { id: 'sess_0', object: 'session', persona: [], created_at: NOW, expires_at: NOW + 86_400 };
  if (method === 'POST')
    send(response, 'application/json', JSON.stringify({ ...session, messages: [] }), 201);
  else if (path.endsWith('/messages'))
    send(
      response,
      'application/json',
      JSON.stringify({ object: 'list', data: messages(history), has_more: false }),
    );
  else send(response, 'application/json', JSON.stringify({ ...session, messages: messages(history) }));
}

async function streamReply(response: ServerResponse, { wordsPerSecond, replySeconds }: StreamingEdgeOptions) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const reply = { id: 'msg_reply', session_id: 'sess_0' };
  const event = (data: object) => response.write(`data: ${JSON.stringify({ ...data, ...reply })}\n\n`);
  let content = '';
  for (let index = 0; index < wordsPerSecond * replySeconds; index++) {
    const delta = `${index === 0 ? '' : ' '}${WORDS[index % WORDS.length]}`;
    content += delta;
    event({ object: 'session.message.delta', delta });
    await sleep(1_000 / wordsPerSecond);
  }
  event({ object: 'session.message', role: 'assistant', content, created_at: NOW, stored: true });
  response.end('data: [DONE]\n\n');
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const contents = await readFile(join(STATIC_FOLDER, normalize(path))).catch(() => null);
  if (contents === null) response.writeHead(404).end();
  else send(response, TYPES[extname(path)] ?? 'application/octet-stream', contents);
}

function send(response: ServerResponse, type: string, body: string | Uint8Array, status = 200): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' }).end(body);
}
