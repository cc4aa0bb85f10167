import { createServer, type Server, STATUS_CODES } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { InferenceError } from '../../shared/inference-protocol.ts';

// Node's own statuses for what its parser refuses; 400 for everything else.
const PARSER_STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Serves `fetch` over HTTP/1.1. What does not get as far as `fetch` is refused in the protocol's form too. */
export function createHttpServer(fetch: (request: Request) => Response | Promise<Response>): Server {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: answerError });
  // Node would answer a missing Host without a body; the listener refuses it as well.
  const server = createServer({ requireHostHeader: false }, listener);
  server.on('checkExpectation', (_request, response) => {
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    response.writeHead(417, headers).end(errorBody('The only expectation known is 100-continue.'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(rawRefusal(PARSER_STATUS[error.code ?? ''] ?? 400));
  });
  return server;
}

function answerError(error: unknown): Response {
  const headers = { 'Content-Type': 'application/json' };
  if (error instanceof RequestError) {
    return new Response(errorBody(`The request is no valid HTTP: ${error.message}.`), {
      status: 400,
      headers,
    });
  }
  return new Response(errorBody('The server failed while it worked on the request.'), {
    status: 500,
    headers,
  });
}

/** An answer as bytes, where the parser has left nothing to answer through. */
function rawRefusal(status: number): string {
  const body = errorBody(`The request cannot be read as HTTP: ${STATUS_CODES[status]}.`);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function errorBody(message: string): string {
  return JSON.stringify({ error: message } satisfies InferenceError);
}
