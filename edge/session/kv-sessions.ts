import * as z from 'zod';
import type { Session } from './session.ts';
import { describeForList, SESSION_PREFIX } from './session-list.ts';

/** Sessions in KV, where they lie when nobody speaks. What STORAGE.md says of KV is done here. */
export interface KvSessions {
  /** null for one that is not there, or that an older Tandem wrote. May be a minute old. */
  get(id: string): Promise<Session | null>;
  /** Keeps a session until its `expiresAt`. */
  put(id: string, session: Session): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Every call may fail: KV answers 429 to a second write within a second. */
export function kvSessions(kv: KVNamespace): KvSessions {
  return {
    async get(id) {
      const value = await kv.get(SESSION_PREFIX + id);
      return value === null ? null : decode(value);
    },
    put(id, session) {
      const soonest = Math.ceil(Date.now() / 1_000) + MIN_TTL_SECONDS;
      const value = JSON.stringify({ version: VERSION, ...session });
      return kv.put(SESSION_PREFIX + id, value, {
        expiration: Math.max(session.expiresAt, soonest),
        metadata: describeForList(session),
      });
    },
    delete: (id) => kv.delete(SESSION_PREFIX + id),
  };
}

// To be raised with every change that an older worker would misread. Version 1 had no owner.
const VERSION = 2;
// KV refuses less; some seconds more, for clocks differ.
const MIN_TTL_SECONDS = 65;

const storedSchema = z.object({
  version: z.literal(VERSION),
  keyId: z.string().nullable(),
  persona: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  model: z.string().optional(),
  messages: z.array(
    z.object({
      id: z.string(),
      role: z.enum(['user', 'assistant']),
      content: z.string(),
      ids: z.array(z.int()).optional(),
      model: z.string().optional(),
      feedback: z
        .object({ rating: z.enum(['up', 'down']), comment: z.string().optional(), createdAt: z.number() })
        .optional(),
      createdAt: z.number(),
    }),
  ),
  createdAt: z.number(),
  expiresAt: z.number(),
  ttlSeconds: z.number(),
  revision: z.int(),
});

/** @throws {Error} for what this worker cannot read: of a newer version, or no session at all */
function decode(value: string): Session | null {
  const stored = parseJson(value);
  if (z.object({ version: z.literal(1) }).safeParse(stored).success) return null;
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success) throw new Error('A stored session is none, or of a newer version.');
  const { version: _, ...session } = parsed.data;
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
