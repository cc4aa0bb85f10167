import { ApiError } from '../errors.ts';
import { isSessionId } from './session.ts';
import type { SessionObject } from './session-object.ts';

type Call =
  | 'create'
  | 'read'
  | 'edit'
  | 'erase'
  | 'export'
  | 'message'
  | 'rate'
  | 'begin'
  | 'commit'
  | 'release'
  | 'enqueue';
type Remote<Method> = Method extends (...given: infer Given) => infer Result
  ? (...given: Given) => Promise<Awaited<Result>>
  : never;

/** A session's object from afar. */
export type RemoteSession = { [Name in Call]: Remote<SessionObject[Name]> };

/**
 * Asks a session's object. A call may be made twice: the object takes a repeated one for the same.
 * @throws {ApiError} session_not_found for what is no session's id, session_store_unavailable
 */
export type Sessions = <Answer>(
  id: string,
  call: (session: RemoteSession) => Promise<Answer>,
) => Promise<Answer>;

const RETRY_AFTER_SECONDS = 5;

/** @param objectOf the object with a session's id for its name */
export function sessionsIn(objectOf: (id: string) => RemoteSession): Sessions {
  return async (id, call) => {
    // Anything else is not worth an object.
    if (!isSessionId(id)) throw new ApiError('session_not_found');
    try {
      return await call(objectOf(id)).catch((error) => {
        if (!mayPassSoon(error)) throw error;
        // A stub is of no use any more after an error.
        return call(objectOf(id));
      });
    } catch (cause) {
      throw new ApiError('session_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
    }
  };
}

/** What the runtime says of an object that was moved, restarted or lost on the way; not of one that has too much to do. */
function mayPassSoon(error: { retryable?: boolean; overloaded?: boolean }): boolean {
  return error.retryable === true && error.overloaded !== true;
}
