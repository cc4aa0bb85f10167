import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { secureHeaders } from 'hono/secure-headers';
import { timing } from 'hono/timing';
import type { AppDependencies, AppEnv } from './dependencies.ts';
import { ApiError, asApiError, ERRORS, errorResponse } from './errors.ts';
import { authenticate } from './middleware/authenticate.ts';
import { publicCors } from './middleware/cors.ts';
import { developmentMode } from './middleware/development-mode.ts';
import { quota } from './middleware/quota.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { requireAdmin } from './middleware/require-admin.ts';
import { requestLog } from './middleware/request-log.ts';
import { tellFigures } from './middleware/tell-figures.ts';
import { adminChannelRoutes, adminIntegrationRoutes } from './routes/admin-integrations.ts';
import { adminBackendRoutes } from './routes/admin-backends.ts';
import { adminDiagnosticsRoutes } from './routes/admin-diagnostics.ts';
import { adminFiguresRoutes } from './routes/admin-figures.ts';
import { adminKeyRoutes } from './routes/admin-keys.ts';
import { adminModelRoutes } from './routes/admin-models.ts';
import { adminSessionRoutes } from './routes/admin-sessions.ts';
import { chatCompletionRoutes } from './routes/chat-completions.ts';
import { completionRoutes } from './routes/completions.ts';
import { healthRoutes } from './routes/health.ts';
import { huggingFaceRoutes } from './routes/huggingface.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { modelRoutes } from './routes/models.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { pageRoutes } from './routes/pages.tsx';
import { sessionTokenRoutes } from './routes/session-tokens.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { consoleRoutes } from './routes/console.tsx';
import { detokenizeRoutes, tokenizeRoutes } from './routes/tokenize.ts';
import { inboundRoutes } from './webhooks/inbound/route.ts';
import { adminWebhookRoutes, webhookRoutes } from './routes/webhooks.ts';

/** Routes whose POST requests ask the model, and so count for quotas. */
const ASKS_THE_MODEL = ['/v1/chat/completions', '/v1/completions', '/v1/sessions/:id/messages', '/models/*'];

export function createApp(dependencies: AppDependencies) {
  const app = new Hono<AppEnv>({
    // An address may have a slash at its end.
    strict: false,
    // The fastest of Hono's. One that takes any path would be chosen without a word where a parameter and a fixed name share a place in a
    // path, and costs each request a tenth of a millisecond; this one throws then.
    router: new RegExpRouter(),
  });

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
        const message = `${ERRORS.method_not_allowed.message} Use ${methods.join(' or ')}.`;
        return errorResponse(c, new ApiError('method_not_allowed', { message }));
      },
    }),
  );

  for (const path of ['/v1/*', '/models/*']) {
    // Readable from any page: it tells no more than a clock does.
    app.use(path, timing({ crossOrigin: true }), tellFigures());
    // CORS comes first: a browser may read a refusal too.
    app.use(path, publicCors());
    app.use(path, authenticate(dependencies));
    app.use(path, rateLimit(dependencies));
    // Conversations are nobody else's: no cache on the way keeps them.
    app.use(path, async (c, next) => {
      await next();
      c.header('cache-control', 'no-store');
    });
  }
  // A prompt and a reply as long as the model can take. What more of them may cost is taken before the model is asked.
  const tokens = 2 * dependencies.model.config.maxPositions;
  for (const path of ASKS_THE_MODEL) app.use(path, quota(dependencies, { tokens }));
  // A new session asks nobody, and is stored for a month.
  app.use('/v1/sessions', quota(dependencies, { tokens: 0 }));

  app.route('/v1/chat/completions', chatCompletionRoutes(dependencies));
  app.route('/v1/completions', completionRoutes(dependencies));
  app.route('/v1/tokenize', tokenizeRoutes(dependencies));
  app.route('/v1/detokenize', detokenizeRoutes(dependencies));
  app.route('/v1/models', modelRoutes(dependencies));
  app.route('/models', huggingFaceRoutes(dependencies));
  app.route('/v1/sessions', sessionRoutes(dependencies));
  app.route('/v1/session-tokens', sessionTokenRoutes(dependencies));
  app.route('/v1/webhooks', webhookRoutes(dependencies));
  const { adminToken, metricsToken } = dependencies.settings;
  const watching = [metricsToken, adminToken].filter((token) => token !== null);
  if (watching.length > 0) {
    app.use('/metrics', requireAdmin(watching, dependencies));
    app.route('/metrics', metricsRoutes(dependencies));
  }
  if (adminToken !== null) {
    app.use('/admin/*', requireAdmin([adminToken], dependencies));
    app.route('/admin/v1/keys', adminKeyRoutes(dependencies));
    app.route('/admin/v1/sessions', adminSessionRoutes(dependencies));
    app.route('/admin/v1/channels', adminChannelRoutes());
    app.route('/admin/v1/integrations', adminIntegrationRoutes(dependencies));
    app.route('/admin/v1/backends', adminBackendRoutes(dependencies));
    app.route('/admin/v1/diagnostics', adminDiagnosticsRoutes(dependencies));
    app.route('/admin/v1/figures', adminFiguresRoutes(dependencies));
    app.route('/admin/v1/models', adminModelRoutes(dependencies));
    app.route('/admin/v1/keys/:key/webhooks', adminWebhookRoutes(dependencies));
  }
  app.route('/webhooks', inboundRoutes(dependencies));
  app.route(
    '/console',
    consoleRoutes(dependencies, async (request) => app.fetch(request)),
  );
  app.route('/openapi.json', openapiRoutes());
  app.route('/healthz', healthRoutes(dependencies));
  app.route('/', pageRoutes(dependencies));

  app.notFound((c) => errorResponse(c, new ApiError('not_found')));
  app.onError((error, c) => errorResponse(c, asApiError(error)));
  return app;
}
