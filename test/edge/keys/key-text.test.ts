import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyId, createKeyText, digestOf, isKeyId, parseKey } from '../../../edge/keys/key-text.ts';

describe('a key', () => {
  it.each([
    ['secret', /^sk_tandem_[0-9a-z]{12}_[0-9a-z]{40}$/],
    ['publishable', /^pk_tandem_[0-9a-z]{12}_[0-9a-z]{40}$/],
  ] as const)('of kind %s can be recognised and read back', (kind, form) => {
    const id = createKeyId();
    const key = createKeyText({ kind, id });
    expect(key).toMatch(form);
    expect(parseKey(key)).toEqual({ kind, id });
    expect(isKeyId(id)).toBe(true);
  });

  it('is another each time, also of the same id', () => {
    const id = createKeyId();
    const keys = Array.from({ length: 200 }, () => createKeyText({ kind: 'secret', id }));
    expect(new Set(keys).size).toBe(200);
    expect(new Set(Array.from({ length: 200 }, createKeyId)).size).toBe(200);
  });

  it('has the checksum that other programs compute: CRC-32 of what stands before it', () => {
    // From Python's zlib.crc32.
    const key = 'sk_tandem_0123456789ab_0123456789abcdefghjkmnpqrstvwxyz1e4a00c1';
    expect(parseKey(key)).toEqual({ kind: 'secret', id: 'key_0123456789ab' });
  });

  it('is refused with any one character changed', () => {
    const key = createKeyText({ kind: 'secret', id: createKeyId() });
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.constantFrom(...'0123456789abcdefz_'), (at, character) => {
        fc.pre(key[at] !== character);
        expect(parseKey(key.slice(0, at) + character + key.slice(at + 1))).toBe(null);
      }),
    );
  });

  it.each(['', 'sk_tandem_', 'sk-proj-abc', 'Bearer x', `sk_tandem_${'a'.repeat(12)}_${'a'.repeat(40)}`])(
    '%j is none',
    (text) => {
      expect(parseKey(text)).toBe(null);
    },
  );

  it('nothing at all makes the reading fail', () => {
    fc.assert(fc.property(fc.string(), (text) => parseKey(`sk_tandem_${text}`) === null));
  });
});

describe('digestOf', () => {
  it('is SHA-256 in hexadecimal', async () => {
    expect(await digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
