import type { Secrets } from './channel.ts';

const encoder = new TextEncoder();

/**
 * Whether a signature is the HMAC of the signed bytes under one of the secrets. All of them are tried, and each is compared
 * in constant time: how long it takes says nothing.
 * @param options.signature null for one that is missing or malformed: the time is the same
 */
export async function verifyHmac(options: {
  hash: 'SHA-256' | 'SHA-1';
  /** As text, or as the bytes that a text stands for. */
  secrets: readonly (string | Uint8Array)[];
  signed: Uint8Array;
  signature: Uint8Array | null;
}): Promise<boolean> {
  const { hash, secrets, signed, signature } = options;
  const checks = secrets.map(async (secret) => {
    const algorithm = { name: 'HMAC', hash };
    const bytes = typeof secret === 'string' ? encoder.encode(secret) : secret;
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
    return crypto.subtle.verify('HMAC', key, signature ?? new Uint8Array(1), signed);
  });
  return (await Promise.all(checks)).includes(true);
}

/**
 * Whether a signature is that of the signed bytes under an Ed25519 key of 32 bytes.
 * @param options.signature null for one that is missing or malformed
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  { signature, signed }: { signature: Uint8Array | null; signed: Uint8Array },
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature ?? new Uint8Array(64), signed);
  } catch {
    // No point of the curve.
    return false;
  }
}

/** Whether a text is one of the secrets. Digests are compared: how long it takes says nothing of the text, or of how long it is. */
export async function isSecret(text: string | null, secrets: Secrets): Promise<boolean> {
  const sent = await sha256(text ?? '');
  const expected = await Promise.all(secrets.map(sha256));
  const equal = expected.map((digest) => crypto.subtle.timingSafeEqual(digest, sent));
  return text !== null && equal.includes(true);
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', encoder.encode(text));
}

/** The bytes of hexadecimal digits; null for what is none. */
export function hexBytes(text: string | null | undefined): Uint8Array | null {
  if (!text || text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}

/** The bytes of base64; null for what is none, or not the one form that its bytes have. */
export function base64Bytes(text: string | null | undefined): Uint8Array | null {
  if (!text || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const binary = atob(text);
  return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
}

/** A text followed by bytes, as channels sign them. */
export function textThenBytes(text: string, bytes: Uint8Array): Uint8Array {
  const head = encoder.encode(text);
  const joined = new Uint8Array(head.length + bytes.length);
  joined.set(head);
  joined.set(bytes, head.length);
  return joined;
}

/** How far a channel's clock and ours may differ: what is older may be a replay. */
const MAX_SKEW_SECONDS = 300;

/** Whether a header holds a time, in seconds since 1970, that is now. */
export function isRecent(timestamp: string | null, nowSeconds: number): boolean {
  if (timestamp === null || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowSeconds - Number(timestamp)) <= MAX_SKEW_SECONDS;
}
