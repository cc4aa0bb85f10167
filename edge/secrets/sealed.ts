import { base64Url, bytesOfBase64Url } from '../base64url.ts';

/**
 * Other people's secrets, as they are stored: AES-256-GCM under a key that HKDF derives from the worker's own
 * SEALING_SECRET. Who reads the store alone learns nothing, and what was sealed for one record opens in no other.
 *
 * A sealed text is `s1.{key}.{bytes}`: the form's version, which secret sealed it, and nonce, ciphertext and tag in
 * base64url.
 */
export interface Sealer {
  /** @param owner what the text belongs to, such as a record's id: it opens with the same alone */
  seal(text: string, owner: string): Promise<string>;
  /** @throws {SealBrokenError} for what none of the secrets sealed for this owner */
  open(sealed: string, owner: string): Promise<string>;
}

export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

const VERSION = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_NAME_BYTES = 4;

interface SealingKey {
  /** Says in a sealed text which secret it needs, and nothing about the secret. */
  name: string;
  key: CryptoKey;
}

/** @param secrets the first seals; the others, from before a rotation, still open */
export function createSealer(secrets: readonly [string, ...string[]]): Sealer {
  // Made on first use: a worker's start has no time for it. The keys and not their promise are kept, since a promise
  // belongs to the request that made it.
  let derived: SealingKey[] | null = null;
  async function keys(): Promise<SealingKey[]> {
    derived ??= await Promise.all(secrets.map(deriveKey));
    return derived;
  }

  return {
    async seal(text, owner) {
      const { name, key } = (await keys())[0]!;
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const ciphertext = await crypto.subtle.encrypt(aesGcm(nonce, owner), key, utf8(text));
      const bytes = new Uint8Array([...nonce, ...new Uint8Array(ciphertext)]);
      return [VERSION, name, base64Url(bytes)].join('.');
    },
    async open(sealed, owner) {
      const [version, name, encoded, ...rest] = sealed.split('.');
      const bytes = bytesOfBase64Url(encoded ?? '');
      const key = (await keys()).find((each) => each.name === name)?.key;
      if (version !== VERSION || rest.length > 0 || bytes === null || bytes.length < NONCE_BYTES + TAG_BYTES)
        throw new SealBrokenError('This is no sealed text.');
      if (key === undefined)
        throw new SealBrokenError('It was sealed with a secret that is not here any more.');
      const nonce = bytes.slice(0, NONCE_BYTES);
      try {
        const text = await crypto.subtle.decrypt(aesGcm(nonce, owner), key, bytes.slice(NONCE_BYTES));
        return new TextDecoder().decode(text);
      } catch {
        throw new SealBrokenError('It was changed, or sealed for something else.');
      }
    },
  };
}

const aesGcm = (iv: Uint8Array, owner: string) => ({ name: 'AES-GCM', iv, additionalData: utf8(owner) });

async function deriveKey(secret: string): Promise<SealingKey> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ]);
  // No salt: the secret is random and long already (RFC 5869, 3.1). What `info` says keeps the two apart.
  const hkdf = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: utf8(info),
  });
  const name = await crypto.subtle.deriveBits(hkdf('tandem sealing key name'), material, KEY_NAME_BYTES * 8);
  const aes = { name: 'AES-GCM', length: 256 };
  const use = ['encrypt', 'decrypt'] as const;
  return {
    name: base64Url(new Uint8Array(name)),
    key: await crypto.subtle.deriveKey(hkdf('tandem sealing key'), material, aes, false, [...use]),
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
