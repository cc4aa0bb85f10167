import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { LOOPBACK, portFromEnvironment } from './local/ports.ts';
import { plainLine } from './terminal/plain-text.ts';
import { UsageError, UserError } from './user-error.ts';

const errorSchema = z.object({ error: z.object({ message: z.string() }) });

export const EDGE_URL_HELP = "the edge's address (default: this machine, EDGE_PORT or 8787)";

export const KEY_FILE_HELP =
  'a file with a secret key, for an edge that is not in development mode (default: what TANDEM_API_KEY holds)';

/**
 * The key from `--key-file`, or the variable's. It has no option of its own: every user of a machine can read command lines.
 * @throws {UserError} where the file holds nothing, and the file system's error where it cannot be read
 */
export async function apiKey({ keyFile }: { keyFile?: string }): Promise<string | undefined> {
  if (keyFile === undefined) return process.env['TANDEM_API_KEY'] || undefined;
  const key = (await readFile(keyFile, 'utf8')).trim();
  if (key === '') throw new UserError(`--key-file ${keyFile}: it is empty.`);
  return key;
}

/** The edge's address from `--url`, or this machine's. It may have a path: what is below it keeps that. */
export function edgeAddress(url: string | undefined): URL {
  if (url === undefined) return new URL(`http://${LOOPBACK}:${portFromEnvironment('EDGE_PORT', 8787)}`);
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new UsageError(`--url is ${JSON.stringify(url)}: an address begins with http:// or https://.`);
  return new URL(url);
}

/** Whether what is sent to an address does not leave this machine. */
export function isThisMachine({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

interface EdgeRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Without a slash at its beginning. */
  path: string;
  body?: unknown;
  /** For what must not be done twice. A request that has one is sent again where its connection is lost. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Before what was lost is sent again: an edge may be starting anew. */
const RETRY_MS = 1_000;

/** Speaks to an edge, with a key or token where there is one. */
export class EdgeClient {
  readonly #edge: URL;
  readonly #credential: string | undefined;

  /** @throws {UserError} where the credential would travel in the clear */
  constructor(edge: URL, credential: string | undefined) {
    if (credential !== undefined && edge.protocol === 'http:' && !isThisMachine(edge))
      throw new UserError(
        `${edge.origin} is not encrypted: everyone on the way could read the key. Use https.`,
      );
    this.#edge = edge;
    this.#credential = credential;
  }

  /** @throws {UserError} with the edge's own sentence where it refuses, or how to start one where there is none */
  async call<T>(schema: z.ZodType<T>, request: EdgeRequest): Promise<T> {
    const { origin } = this.#edge;
    const response = await this.#sendSafely(request).catch(() => {
      throw new UserError(
        `no edge answers at ${origin}: start one with "npm start", or name another with --url.`,
      );
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      const expected = schema.safeParse(answer);
      if (expected.success) return expected.data;
      throw new UserError(`what answers at ${origin} is not a Tandem edge: name another with --url.`);
    }
    const problem = errorSchema.safeParse(answer);
    if (problem.success) throw new UserError(plainLine(problem.data.error.message));
    throw new UserError(`${origin} answered ${response.status}: is it a Tandem edge?`);
  }

  async #sendSafely(request: EdgeRequest): Promise<Response> {
    if (request.idempotencyKey === undefined) return this.send(request);
    return this.send(request).catch(() => pause(RETRY_MS).then(() => this.send(request)));
  }

  /** @throws {TypeError} fetch's, where nobody answers */
  send({ method = 'POST', path, body, idempotencyKey, signal }: EdgeRequest): Promise<Response> {
    const headers = {
      ...(this.#credential !== undefined && { authorization: `Bearer ${this.#credential}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
    return fetch(new URL(`${this.#edge.pathname.replace(/\/*$/, '')}/${path}`, this.#edge), {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  }
}
