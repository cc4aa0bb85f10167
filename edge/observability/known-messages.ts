/**
 * Messages of errors that are logged as they stand, word for word: workerd's, the platform's, V8's, and those of an object of the
 * worker's own, which hands on messages and not classes. What follows one is not logged: a reference, an address, or what KV found wrong
 * with what it was given. One that begins as another does comes before it.
 * Source: workerd's own; https://developers.cloudflare.com/durable-objects/observability/troubleshooting/,
 * https://developers.cloudflare.com/workers/observability/errors/
 */
export const KNOWN_MESSAGES = [
  'Network connection lost',
  'internal error',
  'The operation was aborted due to timeout',
  'The operation was aborted',
  'The script will never generate a response',
  "The Workers runtime canceled this request because it detected that your Worker's code had hung",
  'The execution context responding to this call was canceled',
  'The execution context which hosts this callback is no longer running',
  "TLS peer's certificate is not trusted",
  'Too many redirects',
  'Too many subrequests',
  'Too many API requests by single worker invocation',
  'Maximum call stack size exceeded',
  'Worker exceeded CPU time limit',
  'Worker exceeded memory limit',
  'Worker has exceeded memory limit',
  'Worker not found',
  'Queue send failed',
  'Queue sendBatch failed',
  'Durable Object is overloaded. Too many requests queued',
  'Durable Object is overloaded. Too much data queued',
  'Durable Object is overloaded. Requests queued for too long',
  'Durable Object is overloaded. Too many requests for the same object within a 10 second window',
  'Durable Object is overloaded',
  'Durable Object reset because its code was updated',
  "The Durable Object's code has been updated, this version can no longer access storage",
  'Durable Object storage operation exceeded timeout which caused object to be reset',
  'Durable Object storage is no longer accessible',
  'Durable Object was reset and rolled back to its last known good state',
  'Durable Object exceeded its CPU time limit',
  "Durable Object's isolate exceeded its memory limit",
  'Internal error in Durable Object storage',
  'Cannot resolve Durable Object due to transient issue on remote node',
  'cannot access storage because object has moved to a different machine',
  'A call to blockConcurrencyWhile() in a Durable Object waited for too long',
  'Alarm exceeded its allowed execution time',
  'Actor exceeded event execution time and was disconnected',
  'Your account is generating too much load on Durable Objects',
  'Your account is doing too many concurrent storage operations',
  'A stored session is none, or of a newer version',
  'A stored session is not JSON',
];

const KV_FAILURE = /^KV (GET|GET_BULK|PUT|DELETE) failed: \d{3}(?!\d)/;

/** The part of a message that is known to quote nothing of people's texts, addresses or secrets; null where there is none. */
export function knownPart(message: string): string | null {
  return KNOWN_MESSAGES.find((known) => message.startsWith(known)) ?? KV_FAILURE.exec(message)?.[0] ?? null;
}
