import type { KeyLimits } from '../limits/key-limits.ts';

/** Who sends a request and what it may do. `authenticate` finds it, before any route runs. */
export interface Caller {
  /** development: nobody's key, on loopback only. session: a browser's short-lived token. */
  kind: 'development' | 'secret' | 'publishable' | 'session';
  /** The key that requests are counted for, also behind a session token; null in development. */
  keyId: string | null;
  /** The one session that a session token opens, or null while it opens none. Null for every other kind. */
  sessionId: string | null;
  policy: KeyPolicy;
}

/** What the owner of a key has chosen for it. */
export interface KeyPolicy {
  /** Whether what people write and what the model answers goes through the word filter. */
  safety: boolean;
  /** The web pages that a publishable key is for, as browsers write them: `https://example.com`. */
  origins: string[];
  limits: KeyLimits;
}

/** Who wants to open a session: a caller, or who has the admin token. */
export type Opener = Pick<Caller, 'kind' | 'keyId' | 'sessionId'> | typeof OWNER;

/** Who has the admin token. Every session is theirs to see and to erase. */
export const OWNER = { kind: 'owner', keyId: null, sessionId: null } as const;

/**
 * Whether a caller may see and continue a session. Sessions belong to the key that they were made with, and a
 * session token opens one of them alone. Where it may not, the answer is the same as for no session at all.
 */
export function mayOpen(caller: Opener, session: { id: string; keyId: string | null }): boolean {
  if (caller.kind === 'owner') return true;
  if (session.keyId !== caller.keyId) return false;
  return caller.kind !== 'session' || caller.sessionId === session.id;
}

export const DEVELOPMENT_CALLER: Caller = {
  kind: 'development',
  keyId: null,
  sessionId: null,
  policy: { safety: true, origins: [], limits: {} },
};
