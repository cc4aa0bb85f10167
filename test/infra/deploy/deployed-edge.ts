import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cloudflare } from './cloudflare.ts';

const OVERRIDE = /^(.+)="(.+)"$/;

/** A worker's address: answers as whichever version Cloudflare would have answer, or as the one that a request asks for. */
export class DeployedEdge {
  /** By the place of a version among all. */
  readonly unwell = new Set<number>();
  /** Who was asked for, and what admin tokens were shown. */
  readonly adminTokens = new Set<string>();
  url = '';
  readonly #cloudflare: Cloudflare;
  #server: Server | undefined;

  constructor(cloudflare: Cloudflare) {
    this.#cloudflare = cloudflare;
  }

  async listen(name: string): Promise<void> {
    this.#server = createServer((request, response) => {
      const worker = this.#cloudflare.workers.get(name);
      const { versions: shares = [] } = worker?.deployments[0] ?? {};
      const [, asked, wanted] =
        OVERRIDE.exec(String(request.headers['cloudflare-workers-version-overrides'])) ?? [];
      const isThere = asked === name && shares.some(({ version_id }) => version_id === wanted);
      const id = isThere
        ? wanted!
        : shares.toSorted((one, other) => other.percentage - one.percentage)[0]?.version_id;
      const place = (worker?.versions ?? []).findIndex((version) => version.id === id) + 1;
      const { authorization } = request.headers;
      if (authorization !== undefined) this.adminTokens.add(authorization);
      const [status, body] = this.unwell.has(place)
        ? [500, { error: { message: 'It threw.' } }]
        : answer(request.url!, id);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

function answer(path: string, id: string | undefined): [number, object] {
  if (id === undefined) return [404, {}];
  if (path === '/healthz')
    return [200, { status: 'ok', version: '1', version_id: id, model: 'bot', backends: [] }];
  if (path === '/admin/v1/diagnostics') return [200, { stores: [{ name: 'KEYS', ok: true, error: null }] }];
  if (path === '/admin/v1/figures') return [200, { minutes: [{ at: 60, requests: 10, server_errors: 0 }] }];
  return [404, {}];
}
