import * as z from 'zod';
import { nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import type { Session, SessionStore } from './session.ts';

/**
 * Sessions in KV. Key: `session:` and the session's id. Value: the session as JSON with `version`. Expiry:
 * the session's own.
 *
 * KV takes one write a second for a key and refuses the next with a 429: it is tried again a second later.
 * KV alone may lose turns: a read elsewhere may be a minute old, and of two messages that are answered at the
 * same moment one may overwrite the other.
 */
export function createKvSessionStore(kv: KVNamespace, sources: StoreSources): SessionStore {
  return {
    async get(id) {
      const session = decode(await kv.get(key(id)).catch(unavailable));
      // KV deletes what has expired only some time after.
      return session !== null && session.expiresAt > nowSeconds(sources) ? session : null;
    },
    async put(id, session) {
      const ttlSeconds = Math.max(session.expiresAt - nowSeconds(sources), MIN_TTL_SECONDS);
      const value = JSON.stringify({ version: VERSION, ...session });
      await retry(() => kv.put(key(id), value, { expirationTtl: ttlSeconds }), sources);
    },
    async delete(id) {
      await retry(() => kv.delete(key(id)), sources);
    },
  };
}

interface StoreSources {
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  /** In [0, 1). */
  random: () => number;
}

const WRITE_ATTEMPTS = 3;
// A little more than the second that KV wants between two writes.
const WRITE_INTERVAL_MS = 1_100;
// Writers that were refused together do not come back together.
const WRITE_JITTER_MS = 500;
const RETRY_AFTER_SECONDS = 5;

async function retry(write: () => Promise<void>, { wait, random }: StoreSources): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === WRITE_ATTEMPTS) unavailable(error);
      await wait(WRITE_INTERVAL_MS + random() * WRITE_JITTER_MS);
    }
  }
}

function unavailable(cause: unknown): never {
  throw new ApiError('session_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
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
  const { version: _, ...session } = storedSchema.parse(parseJson(value));
  return session;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // V8's own error quotes what people wrote, and errors are logged.
    throw new Error('A stored session is not JSON.');
  }
}
