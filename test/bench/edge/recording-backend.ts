/**
 * A backend that answers at once, as a process of its own: TARGET. It passes the first request on to the server at TARGET, and
 * answers all later ones with what that said. `GET /recorded` is the first request. Prints its address.
 */
import { createServer, type IncomingMessage } from 'node:http';

const target = process.argv[2]!;
let recorded: { request: string; answer: Buffer } | undefined;

const server = createServer(async (request, response) => {
  if (request.url === '/recorded') return response.end(recorded?.request);
  if (request.method !== 'POST') return response.end();
  const body = await readBody(request);
  if (recorded === undefined) {
    const answered = await fetch(new URL(request.url!, target), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!answered.ok) {
      response.writeHead(answered.status);
      return response.end(await answered.text());
    }
    recorded = { request: body, answer: Buffer.from(await answered.arrayBuffer()) };
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': recorded.answer.length });
  return response.end(recorded.answer);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  console.log(`http://127.0.0.1:${port}`);
});

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
