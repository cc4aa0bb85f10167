import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface ErrorKind {
  status: number;
  /** OpenAI's coarse classes, which its SDKs show. */
  type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  message: string;
}

/**
 * Every error that the public API answers: its code, its status and what it says when nothing more exact is
 * known.
 */
export const ERRORS = {
  invalid_json: invalid(400, 'The body is not valid JSON.'),
  invalid_request: invalid(400, 'The request is not valid.'),
  invalid_value: invalid(400, 'A value of the request is not valid.'),
  unsupported_parameter: invalid(400, 'A parameter of the request is not supported.'),
  empty_message: invalid(400, 'The message is empty.'),
  message_too_long: invalid(400, 'The message is too long.'),
  persona_too_long: invalid(400, 'The persona is too long.'),
  // What the answer says must not tell a wrong key from an expired one, or from somebody else's.
  invalid_api_key: invalid(401, 'The key or session token is not valid: it is unknown, expired or revoked.'),
  invalid_admin_token: invalid(
    401,
    'The admin token is not valid. Send it as "Authorization: Bearer ADMIN_TOKEN".',
  ),
  missing_api_key: invalid(401, 'There is no key. Send one as "Authorization: Bearer YOUR_KEY".'),
  cross_site_request: invalid(403, 'This was sent by another page than the console’s own.'),
  development_mode: invalid(
    403,
    'This edge is in development mode, which serves the machine that it runs on alone. Take the variable DEVELOPMENT_MODE away, and make keys.',
  ),
  origin_not_allowed: invalid(403, 'This key is not for pages of this origin.'),
  publishable_key_not_allowed: invalid(
    403,
    'A publishable key only trades for session tokens: POST /v1/session-tokens. Servers use a secret key.',
  ),
  publishable_key_required: invalid(403, 'Only a publishable key trades for session tokens.'),
  secret_key_in_browser: invalid(
    403,
    'A secret key is for servers: in a browser everybody can read it. Rotate this one, and use a publishable key.',
  ),
  secret_key_required: invalid(403, 'Webhooks are for servers: use a secret key.'),
  turnstile_failed: invalid(
    403,
    'It is not clear that a person is there. Solve the challenge and try again.',
  ),
  not_found: invalid(
    404,
    'There is nothing at this address. OpenAI’s begin with /v1/, and /docs shows all that there are.',
  ),
  model_not_found: invalid(404, 'This model is not served here.'),
  backend_not_found: invalid(404, 'There is no backend of this name.'),
  key_not_found: invalid(404, 'There is no such key, or it is revoked.'),
  integration_not_found: invalid(404, 'There is no such integration, or it is revoked.'),
  session_not_found: invalid(404, 'There is no such session, or it has expired.'),
  message_not_found: invalid(404, 'There is no such message, or no such session.'),
  malformed_payload: invalid(400, 'The payload is not one of this channel.'),
  // The same for a wrong signature and for an integration that there is not.
  invalid_signature: invalid(401, 'The signature is not valid.'),
  webhook_not_found: invalid(404, 'There is no such webhook.'),
  delivery_not_found: invalid(404, 'There is no such delivery, or it is not kept any more.'),
  method_not_allowed: invalid(405, 'This address does not know this method.'),
  turn_superseded: invalid(
    409,
    'The reply took so long that the conversation went on without it. Send the message again.',
  ),
  too_many_webhooks: invalid(409, 'This key has as many webhooks as it may. Delete one first.'),
  webhook_disabled: invalid(
    409,
    'This webhook is disabled. Enable it first: PATCH it with {"enabled": true}.',
  ),
  request_too_large: invalid(413, 'The body is too large.'),
  unsupported_media_type: invalid(415, 'The body must be JSON: send "content-type: application/json".'),
  idempotency_key_reused: invalid(
    422,
    'This Idempotency-Key came with another body before. Send a new key with a new message.',
  ),
  session_busy: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many messages of this session wait for their reply. Send this one again later.',
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many requests. Wait a little and try again.',
  },
  // Nobody reads this answer: it is there for the log. 499 is nginx's number for it.
  client_closed_request: invalid(499, 'The client went away before the answer was ready.'),
  internal_error: server(500, 'Something went wrong here. It has been logged.'),
  bad_backend_answer: server(502, 'The backend gave an answer that makes no sense.'),
  backend_misconfigured: server(502, 'The backend refuses this edge or does not have its model.'),
  backend_unavailable: server(503, 'The model is not available at the moment. Try again soon.'),
  figures_unavailable: server(503, 'The figures are not available at the moment. Try again soon.'),
  key_store_unavailable: server(503, 'Keys cannot be checked at the moment. Try again soon.'),
  session_tokens_unavailable: server(
    503,
    'Session tokens are not set up here: the owner sets SESSION_TOKEN_SECRET.',
  ),
  inbox_full: server(503, 'Too much waits for its answer in this conversation. Send it again later.'),
  inbox_unavailable: server(503, 'Messages cannot be kept at the moment. Send it again soon.'),
  turnstile_unavailable: server(
    503,
    'Nobody can check at the moment that a person is there. Try again soon.',
  ),
  integration_store_unavailable: server(503, 'Integrations cannot be read at the moment. Try again soon.'),
  sealing_unavailable: server(503, 'Secrets of others cannot be kept here: the owner sets SEALING_SECRET.'),
  session_store_unavailable: server(503, 'Sessions are not available at the moment. Try again soon.'),
  webhooks_unavailable: server(503, 'Webhooks are not set up here: the owner sets SEALING_SECRET.'),
  webhook_store_unavailable: server(503, 'Webhooks are not available at the moment. Try again soon.'),
  backend_timeout: server(504, 'The model took too long to answer.'),
} as const satisfies Record<string, ErrorKind>;

export type ApiErrorCode = keyof typeof ERRORS;

interface ErrorDetails {
  /** A more exact sentence than the code's own. */
  message?: string;
  /** The field of the request that is wrong. */
  param?: string;
  retryAfterSeconds?: number;
  /** For the log only. */
  cause?: unknown;
}

/** An expected failure. Thrown anywhere, rendered by `errorResponse` alone. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(code: ApiErrorCode, details: ErrorDetails = {}) {
    // Either may quote the request, which may hold half a surrogate pair: that is no text to send.
    super((details.message ?? ERRORS[code].message).toWellFormed(), { cause: details.cause });
    this.code = code;
    this.param = details.param?.toWellFormed() ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** OpenAI's form of an error, which all routes share. */
interface ErrorBody {
  error: { message: string; type: ErrorKind['type']; param: string | null; code: ApiErrorCode };
}

export function errorResponse(c: Context, error: ApiError): Response {
  const { status, retryAfterSeconds } = error;
  if (retryAfterSeconds !== null) c.header('retry-after', String(retryAfterSeconds));
  // RFC 9110 wants a challenge with every 401.
  if (status === 401) c.header('www-authenticate', 'Bearer');
  const body = c.req.path.startsWith(HUGGING_FACE_PATH) ? huggingFaceErrorBody(error) : errorBody(error);
  return c.json(body, status as ContentfulStatusCode);
}

/** What is under it answers errors as Hugging Face does: its clients show only those. */
export const HUGGING_FACE_PATH = '/models/';

/** With text-generation-inference's classes of errors, by which the hub's client for Python chooses an exception. */
function huggingFaceErrorBody({ message, code }: ApiError) {
  return { error: message, error_type: HUGGING_FACE_TYPES[ERRORS[code].type], code };
}

const HUGGING_FACE_TYPES = {
  invalid_request_error: 'validation',
  rate_limit_error: 'overloaded',
  server_error: 'generation',
} as const satisfies Record<ErrorKind['type'], string>;

export function errorBody({ message, code, param }: ApiError): ErrorBody {
  return { error: { message, type: ERRORS[code].type, param, code } };
}

/** Anything thrown as an expected failure. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('internal_error', { cause: error });
}

function invalid(status: number, message: string): ErrorKind {
  return { status, type: 'invalid_request_error', message };
}

function server(status: number, message: string): ErrorKind {
  return { status, type: 'server_error', message };
}
