import type { Context } from 'hono';
import type { AppEnv } from '../dependencies.ts';
import { clientTimeoutMs } from '../backends/deadline.ts';
import type { ModelCall } from '../conversation/reply.ts';
import { readTraceparent } from '../observability/traceparent.ts';

/** What a call to the backend inherits from the request that it is made for. */
export function backendCall(c: Context<AppEnv>): ModelCall {
  return {
    requestId: c.get('requestId'),
    traceparent: readTraceparent(c.req.header('traceparent')),
    charge: c.get('charge'),
    tenant: c.get('caller').keyId,
    timeoutMs: clientTimeoutMs((name) => c.req.header(name)),
    safety: c.get('caller').policy.safety,
    observe: (happened) => c.get('figures').observe(happened),
    // Fires once deployed, by the flag in wrangler.toml; `wrangler dev` does not tell of a client that has gone.
    signal: c.req.raw.signal,
  };
}
