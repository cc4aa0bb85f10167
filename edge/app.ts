import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { AppDependencies, AppEnv } from './dependencies.ts';
import { ApiError, asApiError, errorResponse } from './errors.ts';
import { authenticate } from './middleware/authenticate.ts';
import { developmentMode } from './middleware/development-mode.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { requestLog } from './middleware/request-log.ts';
import { chatCompletionRoutes } from './routes/chat-completions.ts';
import { completionRoutes } from './routes/completions.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { pageRoutes } from './routes/pages.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { detokenizeRoutes, tokenizeRoutes } from './routes/tokenize.ts';

export function createApp(dependencies: AppDependencies) {
  // Not strict: an address may have a slash at its end.
  const app = new Hono<AppEnv>({ strict: false });

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
  app.use(developmentMode(dependencies));
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
      allowMethods: ['GET', 'POST', 'DELETE'],
      exposeHeaders: [
        'location',
        'retry-after',
        'x-request-id',
        'x-tandem-dropped-turns',
        'x-tandem-truncated',
      ],
      maxAge: 86_400,
    }),
  );
  app.use('/v1/*', authenticate(dependencies));
  app.use('/v1/*', rateLimit(dependencies.rateLimiter));
  // Conversations are nobody else's: no cache on the way keeps them.
  app.use('/v1/*', async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });

  app.route('/v1/chat/completions', chatCompletionRoutes(dependencies));
  app.route('/v1/completions', completionRoutes(dependencies));
  app.route('/v1/tokenize', tokenizeRoutes(dependencies));
  app.route('/v1/detokenize', detokenizeRoutes(dependencies));
  app.route('/v1/models', modelRoutes(dependencies));
  app.route('/v1/sessions', sessionRoutes(dependencies));
  app.route('/healthz', healthRoutes(dependencies));
  app.route('/', pageRoutes());

  app.notFound((c) => errorResponse(c, new ApiError('not_found')));
  app.onError((error, c) => errorResponse(c, asApiError(error)));
  return app;
}
