import type { Context } from 'hono';
import type { AppEnv } from '../../dependencies.ts';
import { ApiError, type ApiErrorCode, ERRORS } from '../../errors.ts';

/** Answers a request as this edge does, without a network in between. */
export type AskEdge = (request: Request) => Promise<Response>;

/** hono's types for what the console adds to a request. */
export interface ConsoleEnv extends AppEnv {
  Variables: AppEnv['Variables'] & { admin: AdminClient };
}

/**
 * The console's pages know nothing that the admin API does not tell: each asks it, as a program would, with the
 * token that the worker has. So what they show and change is checked, bounded and logged in one place.
 */
export interface AdminClient {
  /** @throws {ApiError} the API's own */
  ask<Answer>(path: string, request?: AdminRequest): Promise<Answer>;
  /** The answer as it comes, for a file. */
  fetch(path: string, request?: AdminRequest): Promise<Response>;
}

interface AdminRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
}

export function adminClient(c: Context<ConsoleEnv>, adminToken: string, askEdge: AskEdge): AdminClient {
  const client: AdminClient = {
    async ask(path, request) {
      const response = await client.fetch(path, request);
      const answer = response.status === 204 ? null : await response.json();
      if (response.ok) return answer as never;
      throw errorOf(answer, response);
    },
    fetch(path, { method = 'GET', body } = {}) {
      const headers = new Headers({
        authorization: `Bearer ${adminToken}`,
        'x-request-id': c.get('requestId'),
      });
      const address = c.req.header('cf-connecting-ip');
      if (address !== undefined) headers.set('cf-connecting-ip', address);
      if (body !== undefined) headers.set('content-type', 'application/json');
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      return askEdge(new Request(new URL(path, c.req.url), init));
    },
  };
  return client;
}

function errorOf(answer: unknown, response: Response): ApiError {
  const { error } = answer as { error: { code: ApiErrorCode; message: string; param: string | null } };
  if (!Object.hasOwn(ERRORS, error.code)) return new ApiError('internal_error');
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiError(error.code, {
    message: error.message,
    ...(error.param !== null && { param: error.param }),
    ...(retryAfter > 0 && { retryAfterSeconds: retryAfter }),
  });
}
