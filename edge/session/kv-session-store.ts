import * as z from 'zod';
import { nowSeconds } from '../dependencies.ts';
import type { Session, SessionStore } from './session.ts';

/**
 * Sessions in KV. Key: `session:` and the session's id. Value: the session as JSON with `version`. Expiry:
 * the session's own.
 *
 * KV alone may lose turns: a read elsewhere may be a minute old, and two messages at once overwrite each
 * other.
 */
export function createKvSessionStore(kv: KVNamespace, clock: { now: () => number }): SessionStore {
  return {
    async get(id) {
      const session = decode(await kv.get(key(id)));
      // KV deletes what has expired only some time after.
      return session !== null && session.expiresAt > nowSeconds(clock) ? session : null;
    },
    async put(id, session) {
      const ttlSeconds = Math.max(session.expiresAt - nowSeconds(clock), MIN_TTL_SECONDS);
      await kv.put(key(id), JSON.stringify({ version: VERSION, ...session }), { expirationTtl: ttlSeconds });
    },
    async delete(id) {
      await kv.delete(key(id));
    },
  };
}

// To be raised with every change that an older worker would misread.
const VERSION = 1;
// KV refuses less.
const MIN_TTL_SECONDS = 60;

const storedSchema = z.object({
  version: z.literal(VERSION),
  persona: z.array(z.string()),
  messages: z.array(
    z.object({ role: z.enum(['user', 'assistant']), content: z.string(), createdAt: z.number() }),
  ),
  createdAt: z.number(),
  expiresAt: z.number(),
});

function key(id: string): string {
  return `session:${id}`;
}

/**
 * @throws {Error} for a value that this worker cannot have written: of another version, or no session at all
 */
function decode(value: string | null): Session | null {
  if (value === null) return null;
  const { version: _, ...session } = storedSchema.parse(JSON.parse(value));
  return session;
}
