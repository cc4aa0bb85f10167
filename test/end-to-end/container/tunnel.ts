import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { makeCertificate } from '../../gpu-backend/http/certificates.ts';

export interface Tunnel {
  url: string;
  /** Of whoever is to be trusted, for NODE_EXTRA_CA_CERTS. */
  authorityFile: string;
  close(): void;
}

/** Stands where a tunnel stands: https on the one side, the backend's http on the other. */
export async function openTunnel(to: string, authorityFile: string): Promise<Tunnel> {
  const authority = makeCertificate('the authority');
  await writeFile(authorityFile, authority.cert);
  const server = createServer(makeCertificate('127.0.0.1', authority), async (request, response) => {
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${to}${request.url}`, { headers: { authorization } });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    if (answer.body === null) response.end();
    else Readable.fromWeb(answer.body as never).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorityFile,
    close: () => void server.close(),
  };
}
