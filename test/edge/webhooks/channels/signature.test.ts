import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  base64Bytes,
  hexBytes,
  isRecent,
  isSecret,
  verifyHmac,
} from '../../../../edge/webhooks/channels/signature.ts';
import { hmacHex } from '../sign.ts';

afterEach(() => vi.restoreAllMocks());

const signed = new TextEncoder().encode('what was signed');
const secrets = ['newest', 'older', 'oldest'];
const signatureOf = async (secret: string) => hexBytes(await hmacHex(secret, 'what was signed'));

describe('verifyHmac', () => {
  it('takes each of the secrets, as text or as bytes, and no other', async () => {
    const verify = async (secret: string) =>
      verifyHmac({ hash: 'SHA-256', secrets, signed, signature: await signatureOf(secret) });
    expect(await Promise.all([...secrets, 'another'].map(verify))).toEqual([true, true, true, false]);
    const bytes = { hash: 'SHA-256' as const, secrets: [new TextEncoder().encode('bytes')], signed };
    expect(await verifyHmac({ ...bytes, signature: await signatureOf('bytes') })).toBe(true);
  });

  it('compares by the runtime’s own verification, as often for a right signature as for a wrong one or none', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify');
    const signatures = [
      await signatureOf('newest'),
      await signatureOf('oldest'),
      new Uint8Array(32),
      new Uint8Array(3),
      null,
    ];
    for (const signature of signatures) {
      verify.mockClear();
      await verifyHmac({ hash: 'SHA-256', secrets, signed, signature });
      expect(verify).toHaveBeenCalledTimes(secrets.length);
    }
  });
});

describe('isSecret', () => {
  it.each([
    ['newest', true],
    ['older', true],
    ['', false],
    [null, false],
    ['newes', false],
    ['newest ', false],
  ])('%j: %s', async (text, expected) => {
    expect(await isSecret(text, ['newest', 'older'])).toBe(expected);
  });

  it('compares digests in constant time, with each secret, whatever was sent', async () => {
    const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual');
    for (const text of ['newest', 'n', 'a text that is much longer than the secrets', '', null]) {
      compare.mockClear();
      await isSecret(text, ['newest', 'older']);
      expect(compare).toHaveBeenCalledTimes(2);
    }
  });
});

describe('the bytes of a signature', () => {
  it.each([
    ['00ff', [0, 255]],
    ['00FF', [0, 255]],
    ['0', null],
    ['0g', null],
    ['', null],
    [null, null],
  ])('in hexadecimal, %j, are %j', (text, bytes) => {
    expect(hexBytes(text)).toEqual(bytes && Uint8Array.from(bytes));
  });

  it.each([
    ['AP8=', [0, 255]],
    ['AP8', null],
    // The same bytes in another form.
    ['AP9=', null],
    ['A=8=', null],
    ['', null],
    [undefined, null],
  ])('in base64, %j, are %j', (text, bytes) => {
    expect(base64Bytes(text)).toEqual(bytes && Uint8Array.from(bytes));
  });
});

describe('a time', () => {
  it.each([
    ['1000', true],
    ['700', true],
    ['699', false],
    ['1300', true],
    ['1301', false],
    ['-1000', false],
    ['1e3', false],
    ['', false],
    [null, false],
  ])('%j is recent at 1000: %s', (timestamp, expected) => {
    expect(isRecent(timestamp, 1_000)).toBe(expected);
  });
});
