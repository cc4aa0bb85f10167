import { ApiError } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { KeyReader } from './key-reader.ts';
import { digestOf, parseKey } from './key-text.ts';
import { readSessionToken, type SessionClaims, type SessionTokenSettings } from './session-token.ts';

export interface Identified {
  caller: Caller;
  /** Of a session token. */
  claims: SessionClaims | null;
}

interface Sources {
  keys: KeyReader;
  sessionTokens: SessionTokenSettings | null;
  /** Seconds since 1970. */
  now: number;
  /** Called before an attempt that may be a guess is looked up. @throws {ApiError} for one too many */
  countAttempt: () => Promise<void>;
}

/**
 * Who holds a key or a session token.
 * @throws {ApiError} invalid_api_key, whatever is wrong with it; what `countAttempt` throws; key_store_unavailable
 */
export async function identify(credential: string, sources: Sources): Promise<Identified> {
  const identified = credential.includes('.')
    ? await identifyToken(credential, sources)
    : await identifyKey(credential, sources);
  if (identified === null) throw new ApiError('invalid_api_key');
  return identified;
}

async function identifyKey(credential: string, { keys, countAttempt }: Sources): Promise<Identified | null> {
  const parsed = parseKey(credential);
  const sha256 = await digestOf(credential);
  let record = parsed && keys.lately(parsed.id, sha256);
  if (record === null) {
    await countAttempt();
    record = parsed && (await keys.verify(parsed.id, sha256));
  }
  if (record === null) return null;
  const { id, kind, policy } = record;
  return { caller: { kind, keyId: id, sessionId: null, policy }, claims: null };
}

async function identifyToken(
  credential: string,
  { keys, sessionTokens, now, countAttempt }: Sources,
): Promise<Identified | null> {
  const claims = sessionTokens && (await readSessionToken(credential, { now, settings: sessionTokens }));
  if (claims === null) {
    await countAttempt();
    return null;
  }
  // The key's tokens end with the key, and follow its policy.
  const record = await keys.read(claims.keyId);
  if (record === null || record.revokedAt !== null) return null;
  const { keyId, sessionId } = claims;
  return { caller: { kind: 'session', keyId, sessionId, policy: record.policy }, claims };
}
