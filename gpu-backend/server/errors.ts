import type { Context } from 'hono';
import type { InferenceError } from '../../shared/inference-protocol.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { ServerOptions } from './context.ts';

/** The one place that turns an error into an answer. */
export function renderError(error: Error, log: ServerOptions['log']): Response {
  if (error instanceof BackendError) return errorResponse(error);
  log({ event: 'fault', level: 'error', message: error.message });
  return errorResponse(
    new BackendError('inference_failed', 'The server failed while it worked on the request.'),
  );
}

export function refuseMethod(c: Context, allowed: string[]): Response {
  const allow = allowed.join(', ');
  const error = new BackendError('method_not_allowed', `${c.req.method} is not allowed here; ${allow} is.`);
  return errorResponse(error, { Allow: allow });
}

export function errorResponse(error: BackendError, headers: Record<string, string> = {}): Response {
  const body: InferenceError = { error: error.message };
  return Response.json(body, {
    status: error.status,
    headers: {
      ...headers,
      ...(error.code === 'unauthorized' && { 'WWW-Authenticate': 'Bearer' }),
      // The rest of the body is not read, so the connection cannot carry another request.
      ...(error.code === 'body_too_large' && { Connection: 'close' }),
      ...(error.retryAfterSeconds !== undefined && { 'Retry-After': String(error.retryAfterSeconds) }),
    },
  });
}
