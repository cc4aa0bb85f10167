import type { ModelRepository } from '../../models/model-repository.ts';
import { MODEL_VERSION } from '../../models/served-model.ts';
import { BackendError, quoted } from '../../protocol/backend-error.ts';
import type { Middleware } from '../context.ts';

/** Puts the model that the path names into the context. */
export function findModel(repository: ModelRepository): Middleware {
  return async (c, next) => {
    const { model = '', version = MODEL_VERSION } = c.req.param() as { model?: string; version?: string };
    c.set('model', repository.require(model));
    if (version !== MODEL_VERSION) {
      throw new BackendError(
        'not_found',
        `Unknown version ${quoted(version)}; the model has "${MODEL_VERSION}".`,
      );
    }
    await next();
  };
}
