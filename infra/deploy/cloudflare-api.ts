import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { plainLine } from '../terminal/plain-text.ts';
import { UserError } from '../user-error.ts';
import { PERMISSIONS } from './wrangler.ts';

const envelope = z.object({
  success: z.boolean(),
  result: z.unknown(),
  errors: z.array(z.looseObject({ code: z.number(), message: z.string() })).nullish(),
  result_info: z.looseObject({ total_count: z.number().optional() }).nullish(),
});

/** The worker is not there: Cloudflare's code for it. */
export const NO_SUCH_WORKER = 10_007;
const ATTEMPTS = 3;
const RETRY_MS = 500;
/** Its answers take a second, its slowest lists some. */
const TIMEOUT_MS = 20_000;
/** The most that all of its lists take. */
const PAGE_SIZE = 50;

/** What Cloudflare's API refused, or that it could not be asked. */
export class CloudflareError extends UserError {
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads of Cloudflare's API. Only reads: what changes something is wrangler's. It tells little of how things are in a form for
 * programs, and takes a second for each answer.
 */
export class CloudflareApi {
  readonly #base: string;
  readonly #token: string;
  readonly #timeoutMs: number;

  /** @param options.timeoutMs how long an answer may take until it is there in full */
  constructor({
    base,
    token,
    timeoutMs = TIMEOUT_MS,
  }: {
    base: string;
    token: string;
    timeoutMs?: number;
  }) {
    this.#base = base;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  /** @param path below the version, with a slash at its beginning @throws {CloudflareError} */
  async get<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    return (await this.#answer(schema, path)).result;
  }

  /** All pages of a list. @throws {CloudflareError} */
  async list<T>(item: z.ZodType<T>, path: string): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const { result, total } = await this.#answer(
        z.array(item),
        `${path}?per_page=${PAGE_SIZE}&page=${page}`,
      );
      all.push(...result);
      if (result.length === 0 || all.length >= total) return all;
    }
  }

  /** `total` is what a list has on all of its pages. */
  async #answer<T>(schema: z.ZodType<T>, path: string): Promise<{ result: T; total: number }> {
    const { status, body } = await this.#ask(path);
    const answer = envelope.safeParse(body).data;
    if (answer === undefined) throw new CloudflareError(`Cloudflare answered ${status} to ${path}.`);
    if (!answer.success) throw refusal(status, path, answer.errors?.[0]);
    const result = schema.safeParse(answer.result);
    if (!result.success)
      throw new CloudflareError(`Cloudflare’s answer to ${path} has another form than expected.`);
    return { result: result.data, total: answer.result_info?.total_count ?? 0 };
  }

  /** Asks again where nobody answers, or Cloudflare is not well: a read changes nothing. */
  async #ask(path: string): Promise<{ status: number; body: unknown }> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#askOnce(path).catch((error: Error) => error);
      const isError = answer instanceof Error;
      if (!isError && (answer.status < 500 || attempt === ATTEMPTS)) return answer;
      if (isError && attempt === ATTEMPTS) throw this.#unanswered(answer);
      await pause(RETRY_MS * attempt);
    }
  }

  async #askOnce(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.#base}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  }

  #unanswered({ name, message, cause }: Error): CloudflareError {
    // fetch's own words are "fetch failed"; why it did is in their cause.
    const code = (cause as { code?: string } | undefined)?.code;
    const reason = name === 'TimeoutError' ? `within ${this.#timeoutMs / 1000} s` : `(${code ?? message})`;
    return new CloudflareError(
      `Cloudflare’s API does not answer ${reason}, asked ${ATTEMPTS} times. Look whether this machine reaches ${new URL(this.#base).origin} and whether www.cloudflarestatus.com tells of trouble, and try again.`,
    );
  }
}

/** Undefined for what is no JSON: whatever stands between us and Cloudflare answers as it likes. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, path: string, error?: { code: number; message: string }): CloudflareError {
  const said = error === undefined ? String(status) : `${plainLine(error.message)} [code: ${error.code}]`;
  const advice = status === 401 || status === 403 ? ` ${PERMISSIONS}` : '';
  return new CloudflareError(`Cloudflare refuses ${path}: ${said}.${advice}`, error?.code);
}
