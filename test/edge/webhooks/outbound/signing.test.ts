import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import {
  createSign,
  createSigningKeys,
  publicKeyOf,
  type SigningKeys,
} from '../../../../edge/webhooks/outbound/signing.ts';

// Of the Standard Webhooks' own tests, and of Svix's, which the standard's document shows too.
const MESSAGE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const V1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const PRIVATE_KEY =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const PUBLIC_KEY = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';
const V1A = 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';

const sign = async (...keys: SigningKeys[]) => (await createSign(keys))(MESSAGE);

describe('a signature', () => {
  it('is that of the standard’s vectors, both ways', async () => {
    expect(await sign({ secret: SECRET, privateKey: PRIVATE_KEY })).toBe(`${V1} ${V1A}`);
  });

  it('is that of the vector which the standard’s library for Go has', async () => {
    const seed = 'VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=';
    const privateKey = `whsk_${base64([...bytes(seed), ...(await publicBytes(seed))])}`;
    expect(await sign({ secret: SECRET, privateKey })).toBe(
      `${V1} v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==`,
    );
  });

  it('tells its public key, and never the private one', () => {
    expect(publicKeyOf({ privateKey: PRIVATE_KEY })).toBe(PUBLIC_KEY);
  });

  it('is verified by the standard’s library with either secret while they rotate', async () => {
    const [newest, older] = [await createSigningKeys(), await createSigningKeys()];
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = await (await createSign([newest, older]))({ ...MESSAGE, timestamp });
    expect(signature.split(' ').map((each) => each.split(',')[0])).toEqual(['v1', 'v1a', 'v1', 'v1a']);
    const headers = {
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    for (const { secret } of [newest, older])
      expect(new Webhook(secret).verify(MESSAGE.body, headers)).toEqual({ test: 2_432_232_314 });
    const { secret } = await createSigningKeys();
    expect(() => new Webhook(secret).verify(MESSAGE.body, headers)).toThrow('No matching signature');
  });
});

describe('new keys', () => {
  it('have the standard’s form, and are never the same', async () => {
    const [one, other] = [await createSigningKeys(), await createSigningKeys()];
    expect(bytes(one.secret.replace('whsec_', ''))).toHaveLength(32);
    expect(bytes(one.privateKey.replace('whsk_', ''))).toHaveLength(64);
    expect(bytes(publicKeyOf(one).replace('whpk_', ''))).toHaveLength(32);
    expect(one.secret).not.toBe(other.secret);
    expect(one.privateKey).not.toBe(other.privateKey);
  });
});

function bytes(base64Text: string): number[] {
  return [...atob(base64Text)].map((character) => character.charCodeAt(0));
}

function base64(values: number[]): string {
  return btoa(String.fromCharCode(...values));
}

/** The public key of an Ed25519 seed, by a PKCS #8 file of it (RFC 8410). */
async function publicBytes(seed: string): Promise<number[]> {
  const header = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
  const pkcs8 = new Uint8Array([...header, ...bytes(seed)]);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey;
  return bytes(x!.replaceAll('-', '+').replaceAll('_', '/'));
}
