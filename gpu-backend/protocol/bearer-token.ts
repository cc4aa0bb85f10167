import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header carries one of the tokens, in a time that does not tell which or how much of it. */
export function carriesToken(authorization: string | undefined, tokens: string[]): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return false;
  // Digests are of one length whatever was sent, which timingSafeEqual asks for. All tokens are compared.
  const digest = sha256(given);
  return tokens.map((token) => timingSafeEqual(digest, sha256(token))).includes(true);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
