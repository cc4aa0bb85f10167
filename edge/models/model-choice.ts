/**
 * Where a session's id lies between 0 and 1: FNV-1a over its characters, then the end of MurmurHash3, which spreads what
 * the last characters changed over all bits. The same id lies at the same place for good, so that a choice needs no state.
 * @returns in [0, 1)
 */
export function placeOf(sessionId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(sessionId)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * Whether a new session is the candidate's. A share that grows takes sessions in and lets none go.
 * @param share of the new sessions, 0 to 1
 */
export function isForCandidate(sessionId: string, share: number): boolean {
  return placeOf(sessionId) < share;
}
