import { ModelRepository } from '../../../gpu-backend/models/model-repository.ts';
import type { ModelOpener, ModelScheduler } from '../../../gpu-backend/models/open-model.ts';
import type { ModelConfig } from '../../../shared/model-config.ts';
import { MODEL } from '../protocol/inference-requests.ts';
import { echo } from '../scheduler/generation-rows.ts';

/** Stands in for whatever runs a model: answers with an echo unless told otherwise. */
export function fakeScheduler(options: Partial<ModelScheduler> = {}): ModelScheduler {
  return {
    state: { kind: 'ready' },
    waiting: 0,
    submit: async ({ rows }) => ({ rows: echo(rows), queueMs: 1.4, inferenceMs: 20.6 }),
    drain: async () => {},
    close: async () => {},
    ...options,
  };
}

/** Opens nothing: answers with the scheduler that it is given. */
export function fakeOpener(
  scheduler: ModelScheduler = fakeScheduler(),
  config: ModelConfig = MODEL,
): ModelOpener {
  return {
    fingerprint: async () => 'the only build',
    open: async () => ({
      ...{ config, scheduler, fingerprint: 'the only build' },
      properties: { vocab_size: String(config.vocabSize) },
    }),
  };
}

/** Models of these names, not loaded yet. */
export function repositoryOf(names: string[], opener = fakeOpener(), drainTimeoutMs = 1000): ModelRepository {
  const sources = names.map((name) => ({ name, directory: `/models/${name}` }));
  return new ModelRepository(sources, { opener, drainTimeoutMs });
}

/** One model, loaded. */
export async function loadedRepository(
  name: string,
  scheduler: ModelScheduler,
  config: ModelConfig = MODEL,
): Promise<ModelRepository> {
  const repository = repositoryOf([name], fakeOpener(scheduler, config));
  await repository.loadAll();
  return repository;
}
