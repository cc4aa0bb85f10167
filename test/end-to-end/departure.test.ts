import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleWorker } from '../bench/edge/bundle.ts';
import { type EdgeInWorkerd, FROM_LOOPBACK, startEdge } from '../bench/edge/edge-in-workerd.ts';

/**
 * A client that hangs up, over real sockets from end to end: its connection to the deployed bundle in workerd ends, and then the worker's to a
 * backend that is still at work. Where nothing has been sent yet, as for a reply in one piece, the runtime on this machine does not tell the
 * worker; Cloudflare's does, by the request's signal (test/edge/backends/backend.test.ts).
 */
const backend = new EventEmitter<{ asked: []; left: [] }>();
let server: Server;
let folder: string;
let edge: EdgeInWorkerd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-departure-'));
  server = createServer((request, response) => {
    request.resume();
    response.on('close', () => backend.emit('left'));
    backend.emit('asked');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  // With the simulation of static files between, as `npm start` has it.
  edge = await startEdge(
    await bundleWorker(folder),
    { BACKEND_URL: `http://127.0.0.1:${port}` },
    { staticFiles: true },
  );
});

afterAll(async () => {
  await edge?.stop();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('ends the work for a stream whose client hangs up', async () => {
  const client = new OpenAI({
    baseURL: `${edge.url}/v1`,
    apiKey: 'any',
    maxRetries: 0,
    defaultHeaders: FROM_LOOPBACK,
  });
  const departure = new AbortController();
  const [asked, left] = [once(backend, 'asked'), once(backend, 'left')];
  // Resolves with the first sign of life, a comment after five seconds; with the next one the worker notices.
  const stream = await client.chat.completions.create(
    { model: 'tandem-mini', messages: [{ role: 'user', content: 'hello' }], stream: true },
    { signal: departure.signal },
  );
  await asked;
  departure.abort();
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  expect(pieces).toEqual([]);
  await left;
}, 20_000);
