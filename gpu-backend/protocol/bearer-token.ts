import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header carries the token, in a time that does not tell how much of it was right. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return false;
  // Digests are of one length whatever was sent, which timingSafeEqual asks for.
  return timingSafeEqual(sha256(given), sha256(token));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
