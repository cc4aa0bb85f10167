import fc from 'fast-check';
import { sign } from 'hono/jwt';
import { describe, expect, it } from 'vitest';
import { isDueForRefresh, issueSessionToken, readSessionToken } from '../../../edge/keys/session-token.ts';

const settings = { secret: 'a secret for these tests', ttlSeconds: 900 };
const claims = { keyId: 'key_a', origin: 'https://shop.example', sessionId: null };
const DAY = 86_400;

describe('a session token', () => {
  it('says what it was made with', async () => {
    const { token, expiresAt } = await issueSessionToken(claims, { now: 1_000, settings });
    expect(expiresAt).toBe(1_900);
    expect(await readSessionToken(token, { now: 1_899, settings })).toEqual({
      ...claims,
      authenticatedAt: 1_000,
      issuedAt: 1_000,
      expiresAt: 1_900,
    });
  });

  it('is nothing once it has expired, by the clock that is handed in', async () => {
    const { token } = await issueSessionToken(claims, { now: 1_000, settings });
    expect(await readSessionToken(token, { now: 1_900, settings })).toBe(null);
  });

  it('is nothing to another secret', async () => {
    const { token } = await issueSessionToken(claims, { now: 1_000, settings });
    expect(await readSessionToken(token, { now: 1_000, settings: { ...settings, secret: 'another' } })).toBe(
      null,
    );
  });

  it('does not outlive the day that began with the first of its chain', async () => {
    const chained = { ...claims, authenticatedAt: 1_000 };
    const { expiresAt } = await issueSessionToken(chained, { now: 1_000 + DAY - 60, settings });
    expect(expiresAt).toBe(1_000 + DAY);
  });

  it.each([
    [1_000, false],
    [1_449, false],
    [1_450, true],
    [1_899, true],
  ])('issued at 1000 for 900 seconds, at %d is due for the next: %s', (now, due) => {
    expect(isDueForRefresh({ ...claims, authenticatedAt: 0, issuedAt: 1_000, expiresAt: 1_900 }, now)).toBe(
      due,
    );
  });

  it.each([
    [{}],
    [{ sub: 'key_a' }],
    [{ sub: 1, aud: 'x', sid: null, auth_time: 0, iat: 0, exp: 9e9 }],
    [{ sub: 'key_a', aud: 'x', sid: null, auth_time: 0, iat: 0, exp: 'never' }],
    [[]],
  ])('with the right signature and %j inside is nothing', async (payload) => {
    const token = await sign(payload as object as Record<string, unknown>, settings.secret, 'HS256');
    expect(await readSessionToken(token, { now: 0, settings })).toBe(null);
  });

  it('is nothing where it is anything else', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.jsonValue().map((value) => btoa(encodeURIComponent(JSON.stringify(value))).replaceAll('=', '')),
    );
    const { token } = await issueSessionToken(claims, { now: 0, settings });
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const parts = fc.tuple(
      fc.oneof(part, fc.constant(header)),
      fc.oneof(part, fc.constant(payload)),
      fc.oneof(part, fc.constant(signature)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          parts.map((all) => all.join('.')),
          fc.string(),
        ),
        async (text) => {
          fc.pre(text !== token);
          expect(await readSessionToken(text, { now: 0, settings })).toBe(null);
        },
      ),
    );
  });
});
