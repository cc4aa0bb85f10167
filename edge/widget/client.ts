/** The headless client: a conversation with Tandem without a page, for browsers, workers and Node. */
export type * from './client/chat.ts';
export { eventParser } from './client/event-stream.ts';
