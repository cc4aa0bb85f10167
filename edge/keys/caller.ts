/** Who sends a request and what it may do. `authenticate` finds it, before any route runs. */
export interface Caller {
  /** development: a server without keys, which listens on loopback only. session: a browser's short-lived token. */
  kind: 'development' | 'secret' | 'publishable' | 'session';
  /** The key that requests are counted for; null in development. */
  keyId: string | null;
  /** The one session that a session token opens; null for every other kind. */
  sessionId: string | null;
  policy: KeyPolicy;
}

/** What the owner of a key has chosen for it. */
export interface KeyPolicy {
  /** Whether what people write and what the model answers goes through the word filter. */
  safety: boolean;
}

export const DEVELOPMENT_CALLER: Caller = {
  kind: 'development',
  keyId: null,
  sessionId: null,
  policy: { safety: true },
};
