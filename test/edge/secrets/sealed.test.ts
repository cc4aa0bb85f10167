import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer, SealBrokenError } from '../../../edge/secrets/sealed.ts';

const [old, current] = ['an old secret of these tests, long', 'the current secret of these tests'];

describe('a sealer', () => {
  it('opens what it sealed, for the same owner', async () => {
    const sealer = createSealer([current]);
    const text = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(text, text, async (secret, owner) => {
        expect(await sealer.open(await sealer.seal(secret, owner), owner)).toBe(secret);
      }),
    );
  });

  it('opens nothing for another owner', async () => {
    const sealer = createSealer([current]);
    const sealed = await sealer.seal('xoxb-1', 'int_1');
    await expect(sealer.open(sealed, 'int_2')).rejects.toThrow(SealBrokenError);
  });

  it('seals a text twice to two different ones, in neither of which it stands', async () => {
    const sealer = createSealer([current]);
    const [one, other] = [await sealer.seal('aaaa', 'x'), await sealer.seal('aaaa', 'x')];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^s1\.[\w-]{6}\.[\w-]+$/);
    expect(atob(one.split('.')[2]!.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('aaaa');
  });

  it('still opens what an older secret sealed, and seals with the newest', async () => {
    const before = await createSealer([old]).seal('kept', 'int_1');
    const rotated = createSealer([current, old]);
    expect(await rotated.open(before, 'int_1')).toBe('kept');
    const after = await rotated.seal('kept', 'int_1');
    expect(await createSealer([current]).open(after, 'int_1')).toBe('kept');
    await expect(createSealer([current]).open(before, 'int_1')).rejects.toThrow(/not here any more/);
  });

  // Sealed once by Node's own crypto: hkdfSync('sha256', secret, '', 'tandem sealing key', 32) and aes-256-gcm.
  it('opens what another implementation sealed in its form', async () => {
    const sealed = 's1.0N4pNg.AAECAwQFBgcICQoLOjCoIL7toWThu5-eSWuaJLRZ9y1CEPDhbfYvplFvVZkVHVL4V7yH';
    expect(await createSealer([current]).open(sealed, 'int_1')).toBe('a secret from elsewhere');
  });

  it('refuses what was changed in any byte, cut or made up', async () => {
    const sealer = createSealer([current]);
    const sealed = await sealer.seal('a secret', 'int_1');
    const [version, name, bytes] = sealed.split('.') as [string, string, string];
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // All but the last character, whose lowest bits say nothing.
    const changed = fc
      .tuple(fc.nat(bytes.length - 2), fc.constantFrom(...alphabet))
      .map(([at, character]) => bytes.slice(0, at) + character + bytes.slice(at + 1))
      .map((other) => [version, name, other].join('.'));
    const cut = fc.nat(sealed.length - 1).map((length) => sealed.slice(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, cut, fc.string(), fc.constant(`${sealed}.x`)), async (text) => {
        fc.pre(text !== sealed);
        await expect(sealer.open(text, 'int_1')).rejects.toThrow(SealBrokenError);
      }),
    );
  });
});
