import { base64Url } from '../../base64url.ts';

/**
 * Signatures of the Standard Webhooks: `v1`, HMAC-SHA256 with a secret that the receiver has too, and `v1a`, Ed25519, which the
 * receiver checks with a public key. By Web Crypto: the standard's own library knows `v1` alone.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export interface SigningKeys {
  /** `whsec_` and base64. */
  secret: string;
  /** `whsk_` and base64 of the private key (32 bytes) and the public one (32 bytes). */
  privateKey: string;
}

export interface SignedMessage {
  /** The same for each attempt. */
  id: string;
  /** Of this attempt; seconds since 1970. */
  timestamp: number;
  /** As it is sent, to the letter. */
  body: string;
}

/** What a message's `webhook-signature` is. */
export type Sign = (message: SignedMessage) => Promise<string>;

const SECRET_PREFIX = 'whsec_';
const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
/** The standard wants 24 at least. */
const SECRET_BYTES = 32;
const KEY_BYTES = 32;

export async function createSigningKeys(): Promise<SigningKeys> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const { d, x } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  const keys = new Uint8Array([...bytesOf(d!), ...bytesOf(x!)]);
  return {
    secret: SECRET_PREFIX + base64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))),
    privateKey: PRIVATE_PREFIX + base64(keys),
  };
}

/** `whpk_` and base64: what the receiver checks `v1a` by. */
export function publicKeyOf({ privateKey }: Pick<SigningKeys, 'privateKey'>): string {
  return PUBLIC_PREFIX + base64(keyBytes(privateKey).slice(KEY_BYTES));
}

/** Signs with each of several keys, both ways: while they rotate, a receiver has one or the other. */
export async function createSign(keys: SigningKeys[]): Promise<Sign> {
  const signers = await Promise.all(keys.flatMap((each) => [hmacSigner(each), ed25519Signer(each)]));
  return async ({ id, timestamp, body }) => {
    const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
    return (await Promise.all(signers.map((sign) => sign(content)))).join(' ');
  };
}

async function hmacSigner({ secret }: SigningKeys) {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytesOf(secret.slice(SECRET_PREFIX.length)), hmac, false, [
    'sign',
  ]);
  return async (content: Uint8Array) =>
    `v1,${base64(new Uint8Array(await crypto.subtle.sign('HMAC', key, content)))}`;
}

async function ed25519Signer({ privateKey }: SigningKeys) {
  const bytes = keyBytes(privateKey);
  const [d, x] = [base64Url(bytes.slice(0, KEY_BYTES)), base64Url(bytes.slice(KEY_BYTES))];
  const jwk = { kty: 'OKP', crv: 'Ed25519', d, x };
  const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign']);
  return async (content: Uint8Array) =>
    `v1a,${base64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, content)))}`;
}

function keyBytes(privateKey: string): Uint8Array {
  return bytesOf(privateKey.slice(PRIVATE_PREFIX.length));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Of base64, and of the base64url that JSON Web Keys have. */
function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
