import * as z from 'zod';
import { nowSeconds } from '../dependencies.ts';
import type { Session, SessionStore } from './session.ts';

/**
 * Sessions in KV. Key: `session:` and the session's id. Value: the session as JSON with `version`. Expiry:
 * the session's own.
 *
 * KV takes one write a second for a key and refuses the next with a 429: it is tried again a second later.
 * KV alone may lose turns: a read elsewhere may be a minute old, and two messages at once overwrite each
 * other.
 */
export function createKvSessionStore(kv: KVNamespace, clock: StoreClock): SessionStore {
  return {
    async get(id) {
      const session = decode(await kv.get(key(id)));
      // KV deletes what has expired only some time after.
      return session !== null && session.expiresAt > nowSeconds(clock) ? session : null;
    },
    async put(id, session) {
      const ttlSeconds = Math.max(session.expiresAt - nowSeconds(clock), MIN_TTL_SECONDS);
      const value = JSON.stringify({ version: VERSION, ...session });
      for (let attempt = 1; ; attempt++) {
        try {
          return await kv.put(key(id), value, { expirationTtl: ttlSeconds });
        } catch (error) {
          if (attempt === WRITE_ATTEMPTS) throw error;
          await clock.wait(WRITE_INTERVAL_MS);
        }
      }
    },
    async delete(id) {
      await kv.delete(key(id));
    },
  };
}

interface StoreClock {
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

const WRITE_ATTEMPTS = 3;
// A little more than the second that KV wants between two writes.
const WRITE_INTERVAL_MS = 1_100;

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
