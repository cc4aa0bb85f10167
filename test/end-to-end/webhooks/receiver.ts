import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it came. */
export interface ReceivedWebhook {
  path: string;
  id: string;
  at: number;
  headers: Record<string, string>;
  body: string;
}

export type Answer = (webhook: ReceivedWebhook, response: ServerResponse) => void;

export const accept: Answer = (_, response) => void response.end('{}');

/** Somebody else's server, which notes what it is sent and answers as a test says. */
export interface Receiver {
  url: string;
  received: ReceivedWebhook[];
  /** How requests are answered from now on. */
  answer: Answer;
  stop(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], answer: accept, stop };
  const server = createServer(async (request, response) => {
    const webhook = await readWebhook(request).catch(() => null);
    if (webhook === null) return;
    receiver.received.push(webhook);
    receiver.answer(webhook, response);
  });
  // Connections that the worker keeps are not closed under it.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;

  function stop() {
    server.closeAllConnections();
    server.close();
  }
}

async function readWebhook(request: IncomingMessage): Promise<ReceivedWebhook> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  const body = Buffer.concat(chunks).toString();
  return { path: request.url!, id: headers['webhook-id'] ?? '', at: performance.now(), headers, body };
}
