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

  constructor({ base, token }: { base: string; token: string }) {
    this.#base = base;
    this.#token = token;
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
      const response = await fetch(`${this.#base}${path}`, {
        headers: { authorization: `Bearer ${this.#token}` },
      }).catch((error: Error) => error);
      if (response instanceof Response && (response.status < 500 || attempt === ATTEMPTS))
        return { status: response.status, body: await response.json().catch(() => undefined) };
      if (response instanceof Error && attempt === ATTEMPTS)
        throw new CloudflareError(`Cloudflare’s API does not answer: ${reason(response)}.`);
      await pause(RETRY_MS * attempt);
    }
  }
}

/** fetch's own words are "fetch failed"; why it did is in their cause. */
function reason({ message, cause }: Error): string {
  return (cause as { code?: string } | undefined)?.code ?? message;
}

function refusal(status: number, path: string, error?: { code: number; message: string }): CloudflareError {
  const said = error === undefined ? String(status) : `${plainLine(error.message)} [code: ${error.code}]`;
  const advice = status === 401 || status === 403 ? ` ${PERMISSIONS}` : '';
  return new CloudflareError(`Cloudflare refuses ${path}: ${said}.${advice}`, error?.code);
}
