import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Tensor {
  name: string;
  data: number[];
}

export interface EchoBackend {
  url: string;
  /** Whether a request fails, by how many have come; none does at first. */
  fails: (nth: number) => boolean;
  /** Keeps requests without an answer until it is called. */
  hold(): { release: () => void; arrived: Promise<unknown> };
  close(): void;
}

const END = 2;

/** A backend that says what was said last, so that a reply shows which message it answers. */
export async function startEchoBackend(): Promise<EchoBackend> {
  let requests = 0;
  let gate: Promise<void> = Promise.resolve();
  let onArrival = () => {};
  const backend: EchoBackend = {
    url: '',
    fails: () => false,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const arrival = Promise.withResolvers<void>();
      gate = promise;
      onArrival = arrival.resolve;
      return { release: resolve, arrived: arrival.promise };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end('{}');
    const { inputs } = (await json(request)) as { inputs: Tensor[] };
    const nth = ++requests;
    onArrival();
    await gate;
    if (backend.fails(nth)) return response.writeHead(500).end('{"error":"out of order"}');
    return answer(response, inputs.find(({ name }) => name === 'input_ids')!.data);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  backend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return backend;
}

/** The prompt ends with what was said last, and its end. */
function answer(response: ServerResponse, prompt: number[]): ServerResponse {
  const words = prompt.filter((id) => id > END).slice(-ECHOED_TOKENS);
  const data = [...words, END];
  const outputs = [
    { name: 'sequences', datatype: 'INT64', shape: [1, 1, data.length], data },
    { name: 'lengths', datatype: 'INT64', shape: [1, 1], data: [data.length] },
    { name: 'scores', datatype: 'FP32', shape: [1, 1], data: [-1] },
  ];
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify({ model_name: 'tandem-mini', model_version: '1', outputs }));
}

/** Of " number 17", a few more than its own. */
const ECHOED_TOKENS = 5;
