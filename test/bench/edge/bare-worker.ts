import type { Bundle } from './bundle.ts';

/**
 * A worker that passes each request on to BACKEND_URL and does nothing else, to tell what workerd takes by itself; or asks
 * the rate limiter first, which is the local simulation of Cloudflare's.
 */
export function bareWorker({ asksLimiter }: { asksLimiter: boolean }): Pick<Bundle, 'modules'> {
  const contents = `
    import { DurableObject } from 'cloudflare:workers';
    // The configuration that it is started with binds them.
    export class SessionObject extends DurableObject {}
    export class ApiKeyObject extends DurableObject {}
    export default {
      async fetch(request, env) {
        ${asksLimiter ? "await env.RATE_LIMITER.limit({ key: 'anyone' });" : ''}
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(env.BACKEND_URL, { method: 'POST', headers, body: await request.text() });
        return new Response(await answer.text(), { headers });
      },
    };`;
  return { modules: [{ name: 'worker.js', contents }] };
}
