import type { Backend } from '../backends/backend.ts';
import type { ServedModel, Speaker } from '../conversation/reply.ts';
import type { AppDependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { withFallback } from './fallback.ts';
import { isForCandidate } from './model-choice.ts';

type Models = Pick<AppDependencies, 'model' | 'candidate'>;

// What the hub's clients send where they were given an address and no name: JavaScript's the address, Python's this word.
const WHATEVER_IS_SERVED = /^(https?:\/\/.*|dummy)$/;

/** The model that is served, then the candidate where there is one, each with its backends. */
export function allModels({
  model,
  backend,
  candidate,
}: Models & Pick<AppDependencies, 'backend'>): { model: ServedModel; backend: Backend }[] {
  return candidate === null ? [{ model, backend }] : [{ model, backend }, candidate];
}

/**
 * The model that a client names; it may be with its owner on the hub.
 * @param id null for whatever is served
 * @throws {ApiError} model_not_found
 */
export function modelNamed({ model, candidate }: Models, id: string | null | undefined): ServedModel {
  if (id == null || WHATEVER_IS_SERVED.test(id)) return model;
  const [, name = id] = /^[\w.-]+\/([\w.-]+)$/.exec(id) ?? [];
  const models = candidate === null ? [model] : [model, candidate.model];
  const named = models.find((one) => one.name === name);
  if (named !== undefined) return named;
  const names = models.map((one) => `"${one.name}"`).join(' or ');
  const message = `The model "${id.slice(0, 100)}" is not served here. Use ${names}.`;
  throw new ApiError('model_not_found', { param: 'model', message });
}

/**
 * Who answers a request that stands for itself. Who asks for the candidate by name gets it or an error, and no other.
 * @throws {ApiError} model_not_found, also for a candidate that would read other words than were said
 */
export async function speakerNamed(
  dependencies: Models & Pick<AppDependencies, 'backend'>,
  id: string | null | undefined,
): Promise<Speaker> {
  const { model, backend, candidate } = dependencies;
  const named = modelNamed(dependencies, id);
  if (candidate === null || named !== candidate.model) return { model, backend };
  const { state, reason } = await candidate.standing();
  if (state !== 'unfit') return candidate;
  const message = `The model "${candidate.model.name}" cannot be served beside "${model.name}". ${reason}`;
  throw new ApiError('model_not_found', { param: 'model', message });
}

/**
 * The model of a new session: the one that is asked for, or else by the session's id. A candidate that cannot speak gets no
 * new sessions by itself.
 * @throws {ApiError} model_not_found
 */
export async function modelOfNewSession(
  dependencies: Models,
  { sessionId, wanted }: { sessionId: string; wanted: string | null },
): Promise<string> {
  const { model, candidate } = dependencies;
  if (wanted !== null) return modelNamed(dependencies, wanted).name;
  if (candidate === null || !isForCandidate(sessionId, candidate.share)) return model.name;
  const { state } = await candidate.standing();
  return state === 'ready' ? candidate.model.name : model.name;
}

/**
 * Who answers in a session: the model that it is on, as long as that is one of the two; then the one that is served.
 * @param on as the session has it; undefined in those of before there were two
 */
export function speakerOf(
  dependencies: Models & Pick<AppDependencies, 'backend' | 'settings' | 'now'>,
  on: string | undefined,
): Speaker {
  const { model, backend, candidate, settings, now } = dependencies;
  if (candidate === null || on !== candidate.model.name) return { model, backend };
  const limitMs = settings.backends.timeoutMs;
  return { model: candidate.model, backend: withFallback(candidate, backend, { limitMs, now }) };
}
