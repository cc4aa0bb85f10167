import { hexadecimal } from '../hexadecimal.ts';

/**
 * A key as its owner holds it: `sk_tandem_` or `pk_tandem_`, 12 characters that name it, `_`, 160 random bits, and a
 * checksum. A scanner finds leaked ones by their form and, by the checksum, without asking anybody; and what
 * was mistyped or made up never costs a look into the store.
 */
export interface ParsedKey {
  kind: 'secret' | 'publishable';
  id: string;
}

const KIND_OF_PREFIX = { sk: 'secret', pk: 'publishable' } as const;
const PREFIX_OF_KIND = { secret: 'sk', publishable: 'pk' } as const;

// Crockford's: 5 bits a character, and none that is taken for another.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHARACTER = `[${ALPHABET}]`;
const KEY = new RegExp(`^((sk|pk)_tandem_(${CHARACTER}{12})_${CHARACTER}{32})([0-9a-f]{8})$`);
const ID = new RegExp(`^key_${CHARACTER}{12}$`);

/** Whether a text means to be one of our keys, right or wrong. */
export function looksLikeKey(text: string): boolean {
  return /^[sp]k_tandem_/.test(text);
}

export function isKeyId(text: string): boolean {
  return ID.test(text);
}

/** The id of a new key: 60 random bits, so that two of an owner's are never alike. It is no secret. */
export function createKeyId(): string {
  return `key_${randomCharacters(12)}`;
}

/** The text of a key, to be shown once. A rotated key keeps its id. */
export function createKeyText({ kind, id }: ParsedKey): string {
  const body = `${PREFIX_OF_KIND[kind]}_tandem_${id.slice('key_'.length)}_${randomCharacters(32)}`;
  return body + checksum(body);
}

/** What a key says of itself, or null for what cannot be one. That it is well-formed does not make it valid. */
export function parseKey(text: string): ParsedKey | null {
  const [, body, prefix, name, check] = KEY.exec(text) ?? [];
  if (body === undefined || checksum(body) !== check) return null;
  return { kind: KIND_OF_PREFIX[prefix as 'sk' | 'pk'], id: `key_${name}` };
}

/**
 * SHA-256 of a key in hexadecimal, which is all that is stored of it. A slow hash would protect passwords, which
 * can be guessed; 160 random bits cannot, at any speed, and every request pays for the hash.
 */
export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return hexadecimal(new Uint8Array(digest));
}

function randomCharacters(count: number): string {
  // 256 is a multiple of 32: each character is as likely as any other.
  return Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => ALPHABET[byte % 32]).join('');
}

/** CRC-32 (as in zip files) of an ASCII text, in hexadecimal. */
function checksum(text: string): string {
  let crc = -1;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
