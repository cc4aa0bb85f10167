import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubModel {
  /** The files of each branch. */
  branches: Record<string, Record<string, Uint8Array>>;
  isGated?: boolean;
  /** Only who has this token may know of it. */
  token?: string;
}

export interface RecordedRequest {
  server: 'hub' | 'cdn';
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
}

/** What goes wrong at a request; several in a list, one a request. */
export type Fault =
  | { status: number; headers?: Record<string, string> }
  /** The connection breaks after so many bytes of the body. */
  | { cutAfter: number }
  /** Nothing comes after so many bytes, and the connection stays. */
  | { stallAfter: number }
  /** The byte at this place of the body is another one. */
  | { corruptAt: number }
  /** The whole file, whatever range was asked for. */
  | { ignoreRange: true }
  /** So many bytes more than the file has. */
  | { surplus: number }
  /** Another answer altogether. */
  | { body: string; headers?: Record<string, string> };

/**
 * Speaks the hub's protocol as far as its clients use it to fetch models: revision, tree in pages, paths-info, resolve, with large
 * files redirected to another origin. It records what it was asked, and fails where it is told to.
 */
export class HubServer {
  readonly requests: RecordedRequest[] = [];
  readonly #models: Record<string, HubModel>;
  readonly #faults: { path: RegExp; faults: Fault[] }[] = [];
  readonly #hub: Server;
  readonly #cdn: Server;
  url = '';
  /** Entries of the tree in one page. */
  pageSize = 3;
  /** Changes what the tree tells of a file. */
  editEntry: (entry: Record<string, unknown>) => Record<string, unknown> = (entry) => entry;

  private constructor(models: Record<string, HubModel>) {
    this.#models = models;
    this.#hub = createServer((request, response) => this.#receive('hub', request, response));
    this.#cdn = createServer((request, response) => this.#receive('cdn', request, response));
  }

  /** Runs until it is stopped. */
  static async start(models: Record<string, HubModel>): Promise<HubServer> {
    const server = new HubServer(models);
    for (const each of [server.#hub, server.#cdn])
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    server.url = address(server.#hub);
    return server;
  }

  async stop(): Promise<void> {
    for (const each of [this.#hub, this.#cdn]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  }

  /** The requests whose path matches get these faults, one each, and then no more. */
  failAt(path: RegExp, ...faults: Fault[]): void {
    this.#faults.push({ path, faults });
  }

  forgetFaults(): void {
    this.#faults.length = 0;
  }

  /** The requests for a file's content. */
  downloadsOf(name: string): RecordedRequest[] {
    return this.requests.filter(({ server, path }) =>
      server === 'cdn' ? path.endsWith(`/${name}`) : path.includes('/resolve/') && path.endsWith(`/${name}`),
    );
  }

  #receive(server: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    const path = decodeURIComponent(url);
    this.requests.push({
      server,
      method,
      path: path.split('?')[0]!,
      range: headers.range,
      authorization: headers.authorization,
    });
    const planned = this.#faults.find(
      (each) => each.path.test(`${server}:${path}`) && each.faults.length > 0,
    );
    const fault = planned?.faults.shift();
    if (fault !== undefined && 'status' in fault) {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    if (fault !== undefined && 'body' in fault) {
      response.writeHead(200, { 'content-type': 'application/json', ...fault.headers }).end(fault.body);
      return;
    }
    if (server === 'cdn') this.#sendBlob(request, response, fault);
    else this.#answer(request, response, fault);
  }

  #answer(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const [, id, what, revision, rest] =
      /^\/api\/models\/((?:[^/]+\/)?[^/]+)\/(revision|tree|paths-info)\/([^/]+)(?:\/(.*))?$/.exec(pathname) ??
      /^\/((?:[^/]+\/)?[^/]+)\/(resolve)\/([^/]+)\/(.+)$/.exec(pathname) ??
      [];
    const model = this.#models[id ?? ''];
    const mayKnow = model?.token === undefined || request.headers.authorization === `Bearer ${model.token}`;
    const found = model && findRevision(model, decodeURIComponent(revision ?? ''));
    if (model === undefined || !mayKnow) refuse(response, 401, 'RepoNotFound');
    else if (found === undefined) refuse(response, 404, 'RevisionNotFound');
    else if (what === 'revision')
      sendJson(response, { _id: '1', id, sha: found.commit, lastModified: new Date() });
    else if (model.isGated) refuse(response, 403, 'GatedRepo');
    else if (what === 'tree') this.#sendTree(response, { id: id!, ...found, searchParams });
    else if (what === 'paths-info') sendJson(response, Object.entries(found.files).map(treeEntry));
    else this.#resolve(request, response, { name: decodeURIComponent(rest ?? ''), ...found, fault });
  }

  #sendTree(
    response: ServerResponse,
    {
      id,
      commit,
      files,
      searchParams,
    }: { id: string; commit: string; files: Record<string, Uint8Array>; searchParams: URLSearchParams },
  ): void {
    const start = Number(searchParams.get('cursor') ?? 0);
    const entries = Object.entries(files).map(treeEntry);
    const page = entries.slice(start, start + this.pageSize);
    const next = start + this.pageSize;
    if (next < entries.length) {
      searchParams.set('cursor', String(next));
      response.setHeader('link', `<${this.url}/api/models/${id}/tree/${commit}?${searchParams}>; rel="next"`);
    }
    sendJson(
      response,
      page.map((entry) => this.editEntry(entry)),
    );
  }

  #resolve(
    request: IncomingMessage,
    response: ServerResponse,
    {
      name,
      files,
      commit,
      fault,
    }: { name: string; files: Record<string, Uint8Array>; commit: string; fault: Fault | undefined },
  ): void {
    const content = files[name];
    if (content === undefined) {
      refuse(response, 404, 'EntryNotFound');
      return;
    }
    response.setHeader('x-repo-commit', commit);
    response.setHeader('accept-ranges', 'bytes');
    if (isLarge(name)) {
      response.setHeader('x-linked-etag', `"${sha256(content)}"`);
      response.setHeader('x-linked-size', content.byteLength);
      const location = `${address(this.#cdn)}/${sha256(content)}/${encodeURIComponent(name)}?signature=1`;
      response.writeHead(302, { location, 'content-length': 0 }).end();
    } else {
      response.setHeader('etag', `"${gitHash(content)}"`);
      sendContent(request, response, content, fault);
    }
  }

  #sendBlob(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const digest = request.url?.split('/')[1];
    const contents = Object.values(this.#models).flatMap(({ branches }) =>
      Object.values(branches).flatMap(Object.values),
    );
    const content = contents.find((each: Uint8Array) => sha256(each) === digest);
    if (content === undefined) response.writeHead(403).end();
    else sendContent(request, response, content, fault);
  }
}

/** The commit that a branch of a model has on this server. */
export function commitOf(files: Record<string, Uint8Array>): string {
  const hash = createHash('sha1');
  for (const [name, content] of Object.entries(files)) hash.update(`${name}\0${sha256(content)}\0`);
  return hash.digest('hex');
}

export const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
export const gitHash = (content: Uint8Array) =>
  createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');

const isLarge = (name: string) => /\.(safetensors|bin|h5|msgpack)$/.test(name);
const address = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function findRevision({ branches }: HubModel, revision: string) {
  const found = Object.entries(branches).find(
    ([name, files]) => revision === name || revision === commitOf(files),
  );
  return found && { commit: commitOf(found[1]), files: found[1] };
}

function treeEntry([path, content]: [string, Uint8Array]): Record<string, unknown> {
  const size = content.byteLength;
  const entry = { type: 'file', path, size, oid: gitHash(content) };
  return isLarge(path) ? { ...entry, lfs: { oid: sha256(content), size, pointerSize: 134 } } : entry;
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'x-error-code': code, 'x-error-message': code }).end();
}

function sendContent(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  whole: Uint8Array,
  fault: Fault = { status: 0 },
): void {
  const [, first, last] =
    /^bytes=(\d+)-(\d*)$/.exec('ignoreRange' in fault ? '' : (headers.range ?? '')) ?? [];
  const start = Number(first ?? 0);
  if (start >= whole.byteLength && first !== undefined) {
    response.writeHead(416, { 'content-range': `bytes */${whole.byteLength}` }).end();
    return;
  }
  const end = last ? Math.min(Number(last) + 1, whole.byteLength) : whole.byteLength;
  let body = Buffer.from(whole.subarray(start, end));
  if ('surplus' in fault) body = Buffer.concat([body, Buffer.alloc(fault.surplus)]);
  if ('corruptAt' in fault) body[fault.corruptAt]! ^= 0xff;
  if (first !== undefined) {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${start}-${end - 1}/${whole.byteLength}`);
  }
  response.setHeader('content-length', body.byteLength);
  if (method === 'HEAD') response.end();
  else if ('cutAfter' in fault) {
    // After what was written has left: a connection that breaks loses it.
    response.write(body.subarray(0, fault.cutAfter));
    setTimeout(() => response.destroy(), 50);
  } else if ('stallAfter' in fault) response.write(body.subarray(0, fault.stallAfter));
  else response.end(body);
}
