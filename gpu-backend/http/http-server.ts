import { createServer, type Server, type ServerOptions, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { InferenceError } from '../../shared/inference-protocol.ts';

export interface ConnectionLimits {
  /** Connections at once; further ones are closed as they come. */
  maxConnections: number;
  /** How long a request may take to arrive, its body included. */
  requestTimeoutSeconds: number;
  /** How long a connection may wait for its next request. */
  keepAliveSeconds: number;
}

// Node's own statuses for what its parser refuses; 400 for everything else.
const PARSER_STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

// Tokens and traces are hundreds of bytes. Whoever sends one header after the other is slow, or means harm.
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
// How late a connection that is over its time may be closed. Node looks every 30 seconds unless told.
const LOOK_EVERY_MS = 1_000;

/**
 * Serves `fetch` over HTTP/1.1. What does not get as far as `fetch` is refused in the protocol's form too.
 * @param tls with `ca`, only clients whose certificate it signed get in
 */
export function createHttpServer(
  fetch: (request: Request) => Response | Promise<Response>,
  limits: ConnectionLimits,
  tls?: SecureContextOptions,
): Server {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: answerError });
  const options = serverOptions(limits);
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer(
          { ...options, ...tls, requestCert: tls.ca !== undefined, handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
          listener,
        );
  server.maxConnections = limits.maxConnections;
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

function serverOptions({ requestTimeoutSeconds, keepAliveSeconds }: ConnectionLimits): ServerOptions {
  const requestTimeout = requestTimeoutSeconds * 1000;
  return {
    // Node would answer a missing Host without a body; the listener refuses it as well.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
    requestTimeout,
    keepAliveTimeout: keepAliveSeconds * 1000,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  };
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
