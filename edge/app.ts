import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { AppDependencies, AppEnv } from './dependencies.ts';
import { ApiError, errorResponse } from './errors.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { requestLog } from './middleware/request-log.ts';
import { chatCompletionRoutes } from './routes/chat-completions.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { pageRoutes } from './routes/pages.ts';
import { sessionRoutes } from './routes/sessions.ts';

const MAX_BODY_BYTES = 256 * 1024;

export function createApp(dependencies: AppDependencies) {
  const app = new Hono<AppEnv>();

  app.use(requestId({ limitLength: 128 }));
  app.use(requestLog(dependencies));
  app.use(
    secureHeaders({
      crossOriginResourcePolicy: 'cross-origin',
      // Without hono's `includeSubDomains`: what else runs on the owner's domain is not ours to decide.
      strictTransportSecurity: 'max-age=15552000',
      // A route's own header stays.
      overwrite: false,
    }),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('allow', methods.join(', '));
        return errorResponse(c, new ApiError('method_not_allowed'));
      },
    }),
  );

  // CORS comes before the limit: a browser may read a 429 too.
  app.use(
    '/v1/*',
    cors({
      origin: '*',
      exposeHeaders: ['x-request-id', 'retry-after', 'x-tandem-truncated'],
      maxAge: 86_400,
    }),
  );
  app.use('/v1/*', rateLimit(dependencies.rateLimiter));
  app.use('/v1/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseBody }));

  app.route('/v1/chat/completions', chatCompletionRoutes(dependencies));
  app.route('/v1/models', modelRoutes(dependencies));
  app.route('/v1/sessions', sessionRoutes(dependencies));
  app.route('/healthz', healthRoutes(dependencies));
  app.route('/', pageRoutes());

  app.notFound((c) => errorResponse(c, new ApiError('not_found')));
  app.onError((error, c) => errorResponse(c, asApiError(error)));
  return app;
}

function refuseBody(): never {
  const message = `The body is too large: ${MAX_BODY_BYTES / 1024} KiB are allowed.`;
  throw new ApiError('request_too_large', { message });
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  // hono's own refusals of what a client sent.
  if (error instanceof HTTPException && error.status < 500)
    return new ApiError('invalid_request', { cause: error });
  return new ApiError('internal_error', { cause: error });
}
