import type { ChatError } from './chat.ts';

/** Why the edge has not done what it was asked, or was not asked. */
export class TandemError extends Error {
  override readonly name = 'TandemError';
  /** The edge's, or one of the client's own (`ChatError`). */
  readonly code: string;
  /** HTTP's; 0 where nothing was answered. */
  readonly status: number;
  /** When the edge wants to be asked again. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, { status = 0, retryAfterMs = null as number | null } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** @param now milliseconds since 1970 */
export function chatError({ code, message, retryAfterMs }: TandemError, now: number): ChatError {
  return { code, message, ...(retryAfterMs !== null && { retryAt: now + retryAfterMs }) };
}

/** What a page's own code throws (a challenge, a `fetch` of its own) as a failure like others. */
export function asTandemError(error: unknown): TandemError {
  return error instanceof TandemError ? error : new TandemError('client_error', String(error));
}

/** Whether the session has expired or was erased. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof TandemError && error.code === 'session_not_found';
}
