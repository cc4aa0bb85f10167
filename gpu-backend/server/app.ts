import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import packageJson from '../../package.json' with { type: 'json' };
import { SERVER_NAME, type ServerMetadata } from '../../shared/inference-protocol.ts';
import { openApiDocument } from '../openapi/document.ts';
import { BackendError } from '../protocol/backend-error.ts';
import type { App, Env, Middleware, ServerOptions } from './context.ts';
import { errorResponse, refuseMethod, renderError } from './errors.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { closeWhileDraining } from './middleware/close-while-draining.ts';
import { findModel } from './middleware/find-model.ts';
import { recordInference } from './middleware/record-inference.ts';
import { requireToken } from './middleware/require-token.ts';
import { readPath } from './model-paths.ts';
import { modelRoutes } from './models.ts';
import { repositoryRoutes } from './repository.ts';

const SERVER_METADATA: ServerMetadata = {
  name: SERVER_NAME,
  version: packageJson.version,
  extensions: ['binary_tensor_data', 'model_repository', 'model_repository(unload_dependents)'],
};

/** The Open Inference Protocol over HTTP; how a reply comes about is the models' business. */
export function createServer(options: ServerOptions): App {
  const { repository, log } = options;
  const app: App = new Hono<Env>({ getPath: readPath(repository.models.map(({ name }) => name)) });
  const models = ['/v2/models/:model', '/v2/models/:model/versions/:version'];
  app.onError((error, c) => renderError(error, c, log));
  app.notFound(() => errorResponse(new BackendError('not_found', 'There is no such route.')));

  app.use(closeWhileDraining(options.isDraining));
  for (const path of models) app.use(`${path}/infer`, recordInference(options));
  if (options.tokens.length > 0) app.use(requireToken(options.tokens));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));

  app.get('/openapi.json', describeServer(options));
  app.get('/v2', (c) => c.json(SERVER_METADATA));
  app.route('/v2/health', healthRoutes(options));
  if (options.metrics) app.route('/metrics', metricsRoutes(options.metrics));
  app.route('/v2/repository', repositoryRoutes(options));
  for (const path of models) {
    app.use(`${path}/*`, findModel(repository));
    app.route(path, modelRoutes(options));
  }
  return app;
}

function describeServer({ repository, tokens, metrics }: ServerOptions): Middleware {
  const modelNames = repository.models.map(({ name }) => name);
  const document = openApiDocument({
    version: packageJson.version,
    modelNames,
    needsToken: tokens.length > 0,
    hasMetrics: metrics !== undefined,
  });
  return async (c) => c.json(document);
}
