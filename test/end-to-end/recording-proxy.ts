import { createServer } from 'node:http';

export interface Exchange {
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what the bodies must be
  request: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  response: any;
}

/** Stands before a server, passes everything on and remembers the bodies that were JSON. */
export async function recordingProxy(target: string) {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = { ...incoming.headers } as Record<string, string>;
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) delete headers[name];
    try {
      const answer = await fetch(new URL(incoming.url!, target), {
        method: incoming.method!,
        headers,
        ...(body.length > 0 && { body }),
      });
      const text = await answer.text();
      if (body.length > 0) {
        exchanges.push({
          path: incoming.url!,
          request: JSON.parse(body.toString()),
          response: JSON.parse(text),
        });
      }
      outgoing.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'text/plain',
      });
      outgoing.end(text);
    } catch {
      outgoing.writeHead(502).end();
    }
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
