import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../bench/edge/bundle.ts';
import { type EdgeInWorkerd, FROM_LOOPBACK, startEdge } from '../bench/edge/edge-in-workerd.ts';

/**
 * The deployed bundle in workerd before servers that fail in every way that sockets and HTTP have. One edge has another backend to
 * go to, one has none.
 */
const outputs = [
  { name: 'sequences', datatype: 'INT64', shape: [1, 1, 3], data: [300, 301, 2] },
  { name: 'lengths', datatype: 'INT64', shape: [1, 1], data: [3] },
  { name: 'scores', datatype: 'FP32', shape: [1, 1], data: [-1] },
];
const GOOD = JSON.stringify({ model_name: 'tandem-mini', model_version: '1', outputs });

type Behaviour = (response: ServerResponse) => void;
const answerWith =
  (body: string, status = 200, type = 'application/json'): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };
const well = answerWith(GOOD);

/** How it fails, and what a client is told where there is no other backend. */
const FAULTS: [string, Behaviour, number, string][] = [
  ['answers 500', answerWith('{"error": "oh"}', 500), 503, 'backend_unavailable'],
  ['answers HTML', answerWith('<html>Welcome</html>', 200, 'text/html'), 502, 'bad_backend_answer'],
  ['answers nothing', answerWith(''), 502, 'bad_backend_answer'],
  ['answers half a body as if it were whole', answerWith(GOOD.slice(0, 90)), 502, 'bad_backend_answer'],
  ['answers wrong shapes', answerWith(GOOD.replace('[1,1,3]', '[1,1,4]')), 502, 'bad_backend_answer'],
  ['answers ids outside the vocabulary', answerWith(GOOD.replace('301', '99999')), 502, 'bad_backend_answer'],
  [
    'resets the connection before an answer',
    (response) => response.socket!.resetAndDestroy(),
    503,
    'backend_unavailable',
  ],
  [
    'resets the connection in the middle of its answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': GOOD.length });
      response.write(GOOD.slice(0, 90), () => setTimeout(() => response.socket!.resetAndDestroy(), 20));
    },
    503,
    'backend_unavailable',
  ],
  [
    'ends the connection in the middle of a chunked answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
      response.write(GOOD.slice(0, 90), () => setTimeout(() => response.socket!.destroy(), 20));
    },
    503,
    'backend_unavailable',
  ],
  ['never answers', () => {}, 504, 'backend_timeout'],
  [
    'begins an answer and never ends it',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(GOOD.slice(0, 90));
    },
    504,
    'backend_timeout',
  ],
];

let folder: string;
let faulty: { url: string; server: Server; behave: Behaviour };
let other: { url: string; server: Server };
let withAnother: EdgeInWorkerd;
let alone: EdgeInWorkerd;

async function serve(behaviour: () => Behaviour): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => behaviour()(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-faults-'));
  faulty = { ...(await serve(() => faulty.behave)), behave: well };
  other = await serve(() => well);
  const bundle = await bundleWorker(folder);
  const variables = { BACKEND_TIMEOUT_MS: '1000' };
  withAnother = await startEdge(bundle, {
    ...variables,
    // By its weight the one that fails is always asked first.
    BACKENDS: JSON.stringify([
      { name: 'faulty', url: faulty.url, weight: 1_000 },
      { name: 'other', url: other.url, weight: 0.001 },
    ]),
  });
  alone = await startEdge(bundle, { ...variables, BACKEND_URL: faulty.url });
});

afterAll(async () => {
  for (const edge of [withAnother, alone]) await edge?.stop();
  for (const each of [faulty, other]) {
    each?.server.closeAllConnections();
    each?.server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function ask({ url }: EdgeInWorkerd) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...FROM_LOOPBACK, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
  });
  const body = (await response.json()) as { error?: { code: string }; choices?: unknown[] };
  return { status: response.status, code: body.error?.code };
}

describe.each(FAULTS)('a backend that %s', (_, behaviour, status, code) => {
  // Between the faults it is well, so that it is not left out.
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    faulty.behave = behaviour;
    return work().finally(() => {
      faulty.behave = well;
    });
  };

  it('is not noticed by a client while there is another', async () => {
    expect(await ask(withAnother)).toEqual({ status: 200 });
    expect(await failing(() => ask(withAnother))).toEqual({ status: 200 });
  });

  it(`is told as ${code} where there is none, and the next request is answered`, async () => {
    expect(await failing(() => ask(alone))).toEqual({ status, code });
    expect(await ask(alone)).toEqual({ status: 200 });
  });
});
