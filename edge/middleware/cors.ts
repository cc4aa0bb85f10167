import type { Context } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from '../dependencies.ts';

/** What a page's script may read of an answer, besides what every script may. */
const EXPOSED_HEADERS = [
  'content-disposition',
  'idempotent-replayed',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'server-timing',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-request-id',
  'x-tandem-dropped-turns',
  'x-tandem-safety',
  'x-tandem-session-token',
  'x-tandem-truncated',
];

/**
 * Answers preflights, which carry no key to judge by: every origin may ask. What it asks is refused, before anything
 * runs, where its key is for other origins. A refusal may be read by every page, so that it can say what is wrong;
 * an answer by the one that `allowOnly` names. No cookies are in play anywhere.
 */
export function publicCors() {
  return cors({
    origin: '*',
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 86_400,
  });
}

export function allowOnly(c: Context<AppEnv>, origin: string): void {
  c.header('access-control-allow-origin', origin);
  c.header('vary', 'Origin', { append: true });
}
