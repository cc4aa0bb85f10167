import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  host: string;
  port: number;
  /** The option that chooses the port. */
  variable: string;
}

/**
 * @returns where the server is found, with the port that it got
 * @throws {Error} with one line that says what to do
 */
export async function listen(server: HttpServer | HttpsServer, options: ListenOptions): Promise<string> {
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(describe(error as NodeJS.ErrnoException, options));
  }
  const { address, family, port } = server.address() as AddressInfo;
  const scheme = server instanceof HttpsServer ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function describe({ code, message }: NodeJS.ErrnoException, { host, port, variable }: ListenOptions): string {
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use: choose another with ${variable}.`;
  if (code === 'EACCES') {
    return `port ${port} may not be opened by this user: choose another with ${variable}.`;
  }
  return `cannot listen on ${host}, port ${port}: ${message}`;
}
