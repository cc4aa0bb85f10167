/** The headless client: a conversation with Tandem without a page, for browsers, workers and Node. */
export type * from './client/chat.ts';
export type { ClientStorage } from './client/storage.ts';
export { type ClientOptions, TandemClient } from './client/tandem-client.ts';
export { TandemError } from './client/tandem-error.ts';
