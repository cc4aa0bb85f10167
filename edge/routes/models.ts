import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import type { ServedModel } from '../conversation/reply.ts';
import { ApiError } from '../errors.ts';

/** OpenAI's list of models: the one that is served. */
export function modelRoutes({ model }: AppDependencies) {
  // OpenAI's form wants the time at which a model was made, and a checkpoint does not say it.
  const entry = {
    id: model.name,
    object: 'model',
    created: 0,
    owned_by: 'tandem',
    // vLLM's name for what the model can read.
    max_model_len: model.config.maxPositions,
  };

  return new Hono<AppEnv>()
    .get('/', (c) => c.json({ object: 'list', data: [entry] }))
    .get('/:id', (c) => {
      requireModel(model, c.req.param('id'));
      return c.json(entry);
    });
}

// What the hub's clients send where they were given an address and no name: JavaScript's the address, Python's this word.
const WHATEVER_IS_SERVED = /^(https?:\/\/.*|dummy)$/;

/**
 * A model may be named with its owner on the hub.
 * @throws {ApiError} model_not_found
 */
export function requireModel(model: ServedModel, id: string): void {
  const [, name = id] = /^[\w.-]+\/([\w.-]+)$/.exec(id) ?? [];
  if (name === model.name || WHATEVER_IS_SERVED.test(id)) return;
  const message = `The model "${id.slice(0, 100)}" is not served here. Use "${model.name}".`;
  throw new ApiError('model_not_found', { param: 'model', message });
}
