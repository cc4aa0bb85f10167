import { BackendError } from '../protocol/backend-error.ts';

// Told to whoever was in a run that was lost twice: by then another worker has had time to start.
const LOST_RETRY_SECONDS = 2;

export function clientGone(): BackendError {
  return new BackendError('client_gone', 'The client has gone.');
}

export function deadlinePassed(): BackendError {
  return new BackendError('deadline_exceeded', 'There was no time left for a run before the deadline.');
}

export function lostTwice(): BackendError {
  return new BackendError('worker_lost', 'The inference worker stopped twice while it ran the request.', {
    retryAfterSeconds: LOST_RETRY_SECONDS,
  });
}

/** For what a model had accepted or is asked for while it closes: unloaded, replaced by another build, or with its server. */
export function modelClosing(): BackendError {
  return new BackendError('not_ready', 'The model is being closed.', { retryAfterSeconds: 1 });
}
