import type { Context } from 'hono';
import type { InferenceError } from '../../shared/inference-protocol.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { AppContext, ServerOptions } from './context.ts';

/** The one place that turns an error into an answer. */
export function renderError(error: Error, c: AppContext, log: ServerOptions['log']): Response {
  if (!(error instanceof BackendError)) {
    log({ event: 'fault', level: 'error', message: error.message });
    const message = 'The server failed while it worked on the request.';
    return renderError(new BackendError('inference_failed', message), c, log);
  }
  const figures = c.get('figures');
  if (figures !== undefined) figures.failure = error.code;
  return errorResponse(error);
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
      ...(error.retryAfterSeconds !== undefined && { 'Retry-After': String(error.retryAfterSeconds) }),
    },
  });
}
