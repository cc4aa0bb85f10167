import type { Backend } from '../backends/backend.ts';
import { attemptTimeoutMs } from '../backends/deadline.ts';
import { type BackendPoolOptions, createBackendPool } from '../backends/backend-pool.ts';
import type { ServedModel } from '../conversation/reply.ts';
import type { Settings } from '../env.ts';
import { lookAtCandidate, rememberedStanding, type Standing } from './standing.ts';

/** A second model beside the one that is served, with a share of the new sessions, to be compared with it. */
export interface Candidate {
  /** With the served model's tokenizer and limits, which are bundled and must be its own. */
  model: ServedModel;
  backend: Backend;
  /** Of the new sessions, 0 to 1. With 0 it has those who ask for it by name. */
  share: number;
  /** Never throws. */
  standing(): Promise<Standing>;
}

/** @returns null where none is set up */
export function createCandidate({
  settings,
  served,
  pool,
}: {
  settings: Pick<Settings, 'candidate' | 'backends'>;
  served: { model: ServedModel; backend: Backend };
  pool: BackendPoolOptions;
}): Candidate | null {
  if (settings.candidate === null) return null;
  const { modelName, share, endpoints } = settings.candidate;
  const backends = { ...settings.backends, endpoints };
  // In sessions the rest is the served model's (fallback.ts).
  const usualMs = attemptTimeoutMs(backends.timeoutMs, { mayRetry: true });
  const backend = createBackendPool({ ...pool, modelName, backends, usualMs });
  const { model } = served;
  const look = () => lookAtCandidate({ model, served: served.backend, candidate: backend });
  return {
    model: { ...model, name: modelName },
    backend,
    share,
    standing: rememberedStanding({ look, now: pool.now, waitUntil: pool.waitUntil }),
  };
}
