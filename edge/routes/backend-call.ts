import type { Context } from 'hono';
import type { AppEnv } from '../dependencies.ts';
import { clientTimeoutMs } from '../backends/deadline.ts';
import type { ModelCall } from '../conversation/reply.ts';

// W3C Trace Context: ff is no version, version 00 is 55 characters long and later ones may be longer, ids are not
// all zeros.
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** What a call to the backend inherits from the request that it is made for. */
export function backendCall(c: Context<AppEnv>): ModelCall {
  const traceparent = c.req.header('traceparent') ?? '';
  return {
    requestId: c.get('requestId'),
    traceparent: TRACEPARENT.test(traceparent) ? traceparent : null,
    charge: c.get('charge'),
    tenant: c.get('caller').keyId,
    timeoutMs: clientTimeoutMs({
      prefer: c.req.header('prefer'),
      stainlessTimeout: c.req.header('x-stainless-timeout'),
    }),
    observe: (figures) => c.set('backendFigures', figures),
    // Fires once deployed, by the flag in wrangler.toml; `wrangler dev` does not tell of a client that has gone.
    signal: c.req.raw.signal,
  };
}
