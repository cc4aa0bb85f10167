import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A backend that says at once what the embedded model could say. */
export async function startBackend(): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    const outputs = [
      { name: 'sequences', datatype: 'INT64', shape: [1, 1, 2], data: [300, 2] },
      { name: 'lengths', datatype: 'INT64', shape: [1, 1], data: [2] },
      { name: 'scores', datatype: 'FP32', shape: [1, 1], data: [-1] },
    ];
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') response.end('{}');
    else response.end(JSON.stringify({ model_name: 'tandem-mini', model_version: '1', outputs }));
  });
  // Connections that the worker keeps are not closed under it.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
