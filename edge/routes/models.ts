import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import type { ServedModel } from '../conversation/reply.ts';
import { speakerNamed } from '../models/speakers.ts';

/** OpenAI's list of models: the one that is served, and a candidate beside it. */
export function modelRoutes(dependencies: AppDependencies) {
  const { model, candidate } = dependencies;

  return new Hono<AppEnv>()
    .get('/', async (c) => {
      const isFit = candidate !== null && (await candidate.standing()).state !== 'unfit';
      const models = isFit ? [model, candidate.model] : [model];
      return c.json({ object: 'list', data: models.map(publicModel) });
    })
    .get('/:id', async (c) => {
      const speaker = await speakerNamed(dependencies, c.req.param('id'));
      return c.json(publicModel(speaker.model));
    });
}

function publicModel({ name, config }: ServedModel) {
  return {
    id: name,
    object: 'model',
    // OpenAI's form wants the time at which a model was made, and a checkpoint does not say it.
    created: 0,
    owned_by: 'tandem',
    // vLLM's name for what the model can read.
    max_model_len: config.maxPositions,
  };
}
