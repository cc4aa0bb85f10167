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

export function shuttingDown(): BackendError {
  return new BackendError('not_ready', 'The server is shutting down.', { retryAfterSeconds: 1 });
}
