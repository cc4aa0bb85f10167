import { modelConfig } from '../../../edge/tokenizer/model.ts';
import { type BackendFetch, json, sayBack, type TestAppOptions, testApp } from '../test-app.ts';

export const CANDIDATE = 'tandem-next';
export const SERVED = 'tandem-mini';

const properties = {
  model_type: modelConfig.modelType,
  vocab_size: String(modelConfig.vocabSize),
  max_positions: String(modelConfig.maxPositions),
};
/** A server that does not have the model. */
export const away = () => Promise.resolve(new Response('', { status: 404 }));

/** A backend that has one model: it is described, ready, and says its own name. */
export function serving(text: string, described: Record<string, string> = {}): BackendFetch {
  const say = sayBack(text);
  return async (url, init) => {
    if (/\/v2\/models\/[^/]+$/.test(url))
      return Response.json({ properties: { ...properties, ...described } });
    return say(url, init);
  };
}

/**
 * An edge before one backend that has both models, each of which a test may let behave as it likes: the served one says
 * "the old one", the candidate "the new one".
 */
export function candidateApp({
  share = 1,
  served = serving('the old one'),
  candidate = serving('the new one'),
  settings,
  ...options
}: {
  share?: number;
  served?: BackendFetch;
  candidate?: BackendFetch;
} & TestAppOptions = {}) {
  const state = { served, candidate };
  const app = testApp({
    ...options,
    settings: { CANDIDATE_MODEL_NAME: CANDIDATE, CANDIDATE_SHARE: share, ...settings },
    backend: (url, init) => {
      const name = /\/v2\/models\/([^/]+)/.exec(url)?.[1];
      if (name === SERVED) return state.served(url, init);
      return name === CANDIDATE ? state.candidate(url, init) : away();
    },
  });
  return {
    ...app,
    /** What each model does from now on. */
    state,
    create: async (body?: object): Promise<{ id: string; model: string }> =>
      json(app.request('POST', '/v1/sessions', { body })),
    say: async (id: string, content = 'hello') =>
      json(app.request('POST', `/v1/sessions/${id}/messages`, { body: { content } })),
    health: async () => json(app.request('GET', '/healthz')),
  };
}
