import { Hono } from 'hono';
import {
  loadRequestSchema,
  type REPOSITORY_STATES,
  type RepositoryIndex,
  repositoryIndexRequestSchema,
  unloadRequestSchema,
} from '../../shared/inference-protocol.ts';
import { type ModelState, MODEL_VERSION, type ServedModel } from '../models/served-model.ts';
import { BackendError } from '../protocol/backend-error.ts';
import { readOptionalJsonBody } from '../protocol/json-body.ts';
import { parseForm } from '../protocol/parse-form.ts';
import { type Env, refuseWhileDraining, type ServerOptions } from './context.ts';

const STATES: Record<ModelState, (typeof REPOSITORY_STATES)[number]> = {
  ready: 'READY',
  loading: 'LOADING',
  unloading: 'UNLOADING',
  unloaded: 'UNAVAILABLE',
  failed: 'UNAVAILABLE',
};

/** `/v2/repository`, Triton's extension: what there is, and loading and unloading it while the server runs. */
export function repositoryRoutes({ repository, limits, isDraining, log }: ServerOptions): Hono<Env> {
  const readBody = (request: Request) => readOptionalJsonBody(request, limits.maxBodyBytes);
  return new Hono<Env>()
    .post('/index', async (c) => {
      const { ready: onlyReady = false } = parseForm(repositoryIndexRequestSchema, await readBody(c.req.raw));
      const index = repository.models.map(indexEntry);
      return c.json(onlyReady ? index.filter(({ state }) => state === 'READY') : index);
    })
    .post('/models/:model/load', async (c) => {
      const model = repository.require(c.req.param('model'));
      parseForm(loadRequestSchema, await readBody(c.req.raw));
      refuseWhileDraining(isDraining);
      await model.load().catch(({ message }: Error) => {
        log({ event: 'load failed', level: 'warn', model: model.name, message });
        throw new BackendError('load_failed', `The model "${model.name}" could not be loaded: ${message}`);
      });
      log({ event: 'model loaded', model: model.name });
      return c.json({});
    })
    .post('/models/:model/unload', async (c) => {
      const model = repository.require(c.req.param('model'));
      parseForm(unloadRequestSchema, await readBody(c.req.raw));
      refuseWhileDraining(isDraining);
      await model.unload();
      log({ event: 'model unloaded', model: model.name });
      return c.json({});
    });
}

function indexEntry({ name, status }: ServedModel): RepositoryIndex[number] {
  const reason = [status.reason, status.detail].filter(Boolean).join(' ');
  return { name, version: MODEL_VERSION, state: STATES[status.state], reason };
}
