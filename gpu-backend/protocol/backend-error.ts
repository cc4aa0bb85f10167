/** Every way an answer can fail, with its HTTP status. 499 (nginx's) is only ever logged: nobody is left to read it. */
export const STATUS = {
  invalid_request: 400,
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  client_gone: 499,
  inference_failed: 500,
  load_failed: 500,
  worker_lost: 503,
  not_ready: 503,
  queue_full: 503,
  overloaded: 503,
  deadline_exceeded: 504,
} as const;

export type BackendErrorCode = keyof typeof STATUS;

/** An expected failure. Its message is one sentence that the client may read: no internals, no other client's data. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: BackendErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: BackendErrorCode, message: string, options: { retryAfterSeconds?: number } = {}) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

export function invalidRequest(message: string): BackendError {
  return new BackendError('invalid_request', message);
}

/** What a client sent, quoted and cut, so that an error about a long string stays one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
