import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const ACCOUNT = '0123456789abcdef0123456789abcdef';
export const TOKEN = 'a-token-that-only-this-stand-in-knows';

const ALL_SECRETS = ['ADMIN_TOKEN', 'SESSION_TOKEN_SECRET', 'SEALING_SECRET', 'BACKEND_TOKEN'];

interface Binding {
  name: string;
  type: string;
  [key: string]: unknown;
}
interface Version {
  id: string;
  createdOn: string;
  bindings: Binding[];
  message: string | undefined;
  migrationTag: string | undefined;
}
export interface Worker {
  versions: Version[];
  /** The newest first. */
  deployments: { id: string; created_on: string; versions: { version_id: string; percentage: number }[] }[];
  migrationTag: string | undefined;
  settings: object;
  onWorkersDev: boolean;
}
interface Queue {
  queue_id: string;
  queue_name: string;
  consumers: {
    consumer_id: string;
    type: string;
    script: string;
    dead_letter_queue?: string;
    settings: object;
  }[];
}

/** An answer that is no success: Cloudflare's status, code and words. */
class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Fault {
  /** Against "METHOD /path body". */
  on: RegExp;
  status: number;
  code: number;
  message: string;
}

type Handler = (call: {
  params: string[];
  body: Buffer;
  json: () => never;
  form: () => Promise<FormData>;
  query: URLSearchParams;
}) => unknown;

/**
 * Stands for Cloudflare's API, as wrangler calls it: it keeps what is made, answers in Cloudflare's form, and refuses what Cloudflare
 * refuses (bindings to what is not there, shares that are no hundred, a version of another worker).
 */
export class Cloudflare {
  readonly namespaces = new Map<string, string>();
  readonly queues: Queue[] = [];
  readonly workers = new Map<string, Worker>();
  /** Calls that changed something, as "METHOD /path". */
  readonly changes: string[] = [];
  /** In the place of an answer, for as long as they stand here. */
  faults: Fault[] = [];
  /** Told of each deployment, before its answer. */
  onDeployment: (shares: string) => void = () => {};
  url = '';
  #server: Server | undefined;

  async listen(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** How requests to a worker are shared now and were before, the oldest first: "new 10, old 90" by places of versions. */
  history(name: string): string[] {
    const { deployments, versions } = this.workers.get(name)!;
    const place = (id: string) => versions.findIndex((version) => version.id === id) + 1;
    return deployments
      .map((one) =>
        one.versions.map(({ version_id, percentage }) => `${place(version_id)}@${percentage}`).join(' '),
      )
      .reverse();
  }

  seedStores(
    name: string,
    { stores = ['keys', 'sessions'], queues = ['inbound', 'inbound-dead'] } = {},
  ): void {
    for (const store of stores) this.#makeNamespace({ title: `${name}-${store}` });
    for (const queue of queues) this.#makeQueue({ queue_name: `${name}-${queue}` });
  }

  /** What deployments would have left: stores, queues, and versions of which the first answers. */
  seed(name: string, migrationTag: string, { count = 1, secrets = ALL_SECRETS } = {}): void {
    this.seedStores(name);
    const versions = Array.from({ length: count }, () => ({
      id: randomUUID(),
      createdOn: new Date().toISOString(),
      bindings: secrets.map((secret) => ({ name: secret, type: 'secret_text' })),
      message: undefined,
      migrationTag,
    }));
    this.workers.set(name, { versions, deployments: [], migrationTag, settings: {}, onWorkersDev: true });
    this.#deploy(name, { versions: [{ version_id: versions[0]!.id, percentage: 100 }] });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url!, 'http://cloudflare');
    const line = `${request.method} ${url.pathname}`;
    const respond = (status: number, answer: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [], messages: [], ...answer }));
    };
    try {
      const fault = this.faults.find(({ on }) => on.test(`${line} ${body}`));
      if (fault !== undefined) throw new Refusal(fault.status, fault.code, fault.message);
      const [handler, params] = this.#route(line);
      const isUpload = url.pathname.endsWith('/workers/assets/upload');
      if (!isUpload && request.headers.authorization !== `Bearer ${TOKEN}`)
        throw new Refusal(403, 10_000, 'Authentication error');
      const form = () =>
        new Response(new Uint8Array(body), {
          headers: { 'content-type': request.headers['content-type']! },
        }).formData();
      const result = await handler({
        params,
        body,
        form,
        json: () => JSON.parse(body.toString()) as never,
        query: url.searchParams,
      });
      if (request.method !== 'GET') this.changes.push(line);
      respond(200, {
        success: true,
        result,
        ...(Array.isArray(result) && {
          result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length },
        }),
      });
    } catch (error) {
      const { status = 500, code = 0, message } = error as Refusal;
      respond(status, { success: false, result: null, errors: [{ code, message }] });
    }
  }

  #route(line: string): [Handler, string[]] {
    for (const [pattern, handler] of this.#routes) {
      const match = new RegExp(
        `^${pattern.replace(':account', ACCOUNT).replaceAll(/:\w+/g, '([^/]+)')}$`,
      ).exec(line);
      if (match !== null) return [handler, match.slice(1)];
    }
    throw new Refusal(404, 7_003, `Could not route to ${line}`);
  }

  readonly #routes: [string, Handler][] = [
    ['GET /accounts', () => [{ id: ACCOUNT, name: 'Example' }]],
    [
      'GET /accounts/:account/storage/kv/namespaces',
      () => [...this.namespaces].map(([title, id]) => ({ id, title })),
    ],
    ['POST /accounts/:account/storage/kv/namespaces', ({ json }) => this.#makeNamespace(json())],
    ['GET /accounts/:account/queues', ({ query }) => this.#listQueues(query.getAll('name'))],
    ['POST /accounts/:account/queues', ({ json }) => this.#makeQueue(json())],
    [
      'POST /accounts/:account/queues/:queue/consumers',
      ({ params: [queue], json }) => this.#consume(queue!, json()),
    ],
    [
      'PUT /accounts/:account/queues/:queue/consumers/:id',
      ({ params: [queue], json }) => this.#consume(queue!, json()),
    ],
    ['GET /accounts/:account/workers/subdomain', () => ({ subdomain: 'example' })],
    ['GET /accounts/:account/workers/services/:name', ({ params: [name] }) => this.#service(name!)],
    ['GET /accounts/:account/workers/workers/:name', ({ params: [name] }) => this.#subdomainOf(name!)],
    [
      'POST /accounts/:account/workers/scripts/:name/subdomain',
      ({ params: [name], json }) => this.#setSubdomain(name!, json()),
    ],
    [
      'PUT /accounts/:account/workers/scripts/:name',
      async ({ params: [name], form }) => this.#putScript(name!, await form()),
    ],
    [
      'GET /accounts/:account/workers/scripts/:name/settings',
      ({ params: [name] }) => ({ bindings: this.#worker(name!).versions.at(-1)!.bindings }),
    ],
    [
      'PATCH /accounts/:account/workers/scripts/:name/script-settings',
      ({ params: [name], json }) => Object.assign(this.#worker(name!).settings, json()),
    ],
    [
      'GET /accounts/:account/workers/scripts/:name/secrets',
      ({ params: [name] }) => this.secrets(name!).map((secret) => ({ name: secret, type: 'secret_text' })),
    ],
    [
      'GET /accounts/:account/workers/scripts/:name/deployments',
      ({ params: [name] }) => ({ deployments: this.#worker(name!).deployments }),
    ],
    [
      'POST /accounts/:account/workers/scripts/:name/deployments',
      ({ params: [name], json }) => this.#deploy(name!, json()),
    ],
    [
      'POST /accounts/:account/workers/scripts/:name/versions',
      async ({ params: [name], form }) => this.#addVersion(name!, await form()),
    ],
    [
      'GET /accounts/:account/workers/scripts/:name/versions/:id',
      ({ params: [name, id] }) => this.#showVersion(name!, id!),
    ],
    [
      'POST /accounts/:account/workers/scripts/:name/assets-upload-session',
      ({ json }) => startAssets(json()),
    ],
    ['POST /accounts/:account/workers/assets/upload', () => ({ jwt: 'all-assets-are-here' })],
  ];

  /** Names of a worker's secrets, by its newest version. */
  secrets(name: string): string[] {
    const { bindings = [] } = this.#worker(name).versions.at(-1) ?? {};
    return bindings.filter(({ type }) => type === 'secret_text').map((binding) => binding.name);
  }

  #worker(name: string): Worker {
    const worker = this.workers.get(name);
    if (worker === undefined) throw new Refusal(404, 10_007, 'This Worker does not exist on your account.');
    return worker;
  }

  #makeNamespace({ title }: { title: string }) {
    if (this.namespaces.has(title))
      throw new Refusal(400, 10_014, 'a namespace with this account ID and title already exists');
    const id = randomUUID().replaceAll('-', '');
    this.namespaces.set(title, id);
    return { id, title, supports_url_encoding: true };
  }

  #listQueues(names: string[]): Queue[] {
    return this.queues.filter(({ queue_name }) => names.length === 0 || names.includes(queue_name));
  }

  #makeQueue({ queue_name }: { queue_name: string }): Queue {
    if (this.#listQueues([queue_name]).length > 0)
      throw new Refusal(409, 11_009, 'Queue name is already taken');
    const queue = { queue_id: randomUUID().replaceAll('-', ''), queue_name, consumers: [] };
    this.queues.push(queue);
    return queue;
  }

  #consume(
    id: string,
    {
      script_name,
      dead_letter_queue,
      type,
      settings,
    }: { script_name: string; dead_letter_queue: string; type: string; settings: object },
  ) {
    const queue = this.queues.find(({ queue_id }) => queue_id === id);
    if (queue === undefined) throw new Refusal(404, 11_000, 'Queue not found');
    this.#worker(script_name);
    if (this.#listQueues([dead_letter_queue]).length === 0)
      throw new Refusal(400, 100_128, 'Dead letter queue does not exist');
    const consumer = { consumer_id: 'consumer', type, script: script_name, dead_letter_queue, settings };
    queue.consumers = [consumer];
    return consumer;
  }

  #service(name: string) {
    const { migrationTag } = this.#worker(name);
    const script = {
      id: name,
      tag: 'tag',
      tags: [],
      last_deployed_from: 'wrangler',
      migration_tag: migrationTag,
    };
    return { id: name, default_environment: { environment: 'production', script } };
  }

  #subdomainOf(name: string) {
    return { name, subdomain: { enabled: this.#worker(name).onWorkersDev, previews_enabled: false } };
  }

  #setSubdomain(name: string, { enabled }: { enabled: boolean }) {
    this.#worker(name).onWorkersDev = enabled;
    return { enabled, previews_enabled: false };
  }

  async #putScript(name: string, form: FormData) {
    const metadata = readMetadata(form);
    const worker: Worker = this.workers.get(name) ?? {
      versions: [],
      deployments: [],
      migrationTag: undefined,
      settings: {},
      onWorkersDev: false,
    };
    const version = this.#makeVersion(worker, metadata);
    worker.migrationTag = metadata.migrations?.new_tag ?? worker.migrationTag;
    version.migrationTag = worker.migrationTag;
    this.workers.set(name, worker);
    worker.versions.push(version);
    this.#deploy(name, { versions: [{ version_id: version.id, percentage: 100 }] });
    return { id: name, deployment_id: version.id.replaceAll('-', ''), startup_time_ms: 20, etag: 'etag' };
  }

  async #addVersion(name: string, form: FormData) {
    const worker = this.#worker(name);
    const version = this.#makeVersion(worker, readMetadata(form));
    worker.versions.push(version);
    return {
      id: version.id,
      startup_time_ms: 20,
      metadata: { has_preview: false },
      resources: { script: { etag: 'etag' } },
    };
  }

  #makeVersion(
    { versions, migrationTag }: Worker,
    { bindings, keep_bindings = [], annotations }: Metadata,
  ): Version {
    for (const binding of bindings) this.#requireTarget(binding);
    const kept = (versions.at(-1)?.bindings ?? []).filter(
      ({ name, type }) => keep_bindings.includes(type) && !bindings.some((one) => one.name === name),
    );
    return {
      id: randomUUID(),
      createdOn: new Date().toISOString(),
      bindings: [...bindings, ...kept],
      message: annotations?.['workers/message'],
      migrationTag,
    };
  }

  #requireTarget({ name, type, namespace_id, queue_name }: Binding): void {
    if (type === 'kv_namespace' && ![...this.namespaces.values()].includes(String(namespace_id)))
      throw new Refusal(400, 10_041, `KV namespace '${namespace_id}' not found for binding '${name}'.`);
    if (type === 'queue' && this.#listQueues([String(queue_name)]).length === 0)
      throw new Refusal(400, 10_063, `Queue '${queue_name}' not found for binding '${name}'.`);
  }

  #deploy(name: string, { versions }: { versions: { version_id: string; percentage: number }[] }) {
    const worker = this.#worker(name);
    const isKnown = versions.every(({ version_id }) => worker.versions.some(({ id }) => id === version_id));
    if (!isKnown) throw new Refusal(404, 10_203, 'A version of the deployment does not exist.');
    if (versions.reduce((sum, { percentage }) => sum + percentage, 0) !== 100)
      throw new Refusal(400, 10_204, 'The percentages of all versions must add up to 100.');
    const deployment = { id: randomUUID(), created_on: new Date().toISOString(), versions };
    worker.deployments.unshift(deployment);
    this.onDeployment(this.history(name).at(-1)!);
    return deployment;
  }

  #showVersion(name: string, id: string) {
    const version = this.#worker(name).versions.find((one) => one.id === id);
    if (version === undefined) throw new Refusal(404, 10_203, 'This version does not exist.');
    const { createdOn, bindings, message, migrationTag } = version;
    return {
      id,
      number: 1,
      metadata: {
        created_on: createdOn,
        modified_on: createdOn,
        author_email: 'person@example.com',
        source: 'wrangler',
      },
      annotations: { 'workers/message': message },
      resources: {
        bindings: bindings.map(({ type, name: binding, ...more }) =>
          type === 'secret_text' ? { type, name: binding } : { type, name: binding, ...more },
        ),
        script: { etag: 'etag', handlers: ['fetch', 'queue'] },
        script_runtime: {
          compatibility_date: '2026-10-20',
          ...(migrationTag && { migration_tag: migrationTag }),
        },
      },
    };
  }
}

interface Metadata {
  bindings: Binding[];
  keep_bindings?: string[];
  migrations?: { new_tag: string };
  annotations?: Record<string, string>;
}

function readMetadata(form: FormData): Metadata {
  return JSON.parse(form.get('metadata') as string) as Metadata;
}

/** All of the files are wanted, in one piece. */
function startAssets({ manifest }: { manifest: Record<string, { hash: string }> }) {
  return { jwt: 'send-these', buckets: [Object.values(manifest).map(({ hash }) => hash)] };
}
