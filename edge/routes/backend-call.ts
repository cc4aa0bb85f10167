import type { Context } from 'hono';
import type { AppEnv } from '../dependencies.ts';
import type { BackendCall } from '../backends/backend.ts';

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What a call to the backend inherits from the request that it is made for. */
export function backendCall(c: Context<AppEnv>): BackendCall {
  const traceparent = c.req.header('traceparent') ?? '';
  return {
    requestId: c.get('requestId'),
    traceparent: TRACEPARENT.test(traceparent) ? traceparent : null,
    signal: c.req.raw.signal,
  };
}
