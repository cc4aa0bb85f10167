import { describe, expect, it } from 'vitest';
import { type Caller, DEVELOPMENT_CALLER } from '../../../edge/keys/caller.ts';
import { checkOrigin } from '../../../edge/keys/origin.ts';

const SHOP = 'https://shop.example';
const BLOG = 'https://blog.example';
const EVIL = 'https://evil.example';

describe('checkOrigin', () => {
  it.each<[Caller['kind'], string, string | undefined, string | null, string | null]>([
    ['development', 'POST', EVIL, null, null],
    ['secret', 'POST', undefined, null, null],
    ['secret', 'POST', SHOP, null, 'secret_key_in_browser'],
    ['secret', 'GET', 'null', null, 'secret_key_in_browser'],
    ['publishable', 'POST', SHOP, null, null],
    ['publishable', 'POST', EVIL, null, 'origin_not_allowed'],
    ['publishable', 'POST', 'null', null, 'origin_not_allowed'],
    ['publishable', 'POST', undefined, null, 'origin_not_allowed'],
    ['publishable', 'GET', undefined, null, 'origin_not_allowed'],
    ['session', 'POST', SHOP, SHOP, null],
    ['session', 'POST', BLOG, SHOP, 'invalid_api_key'],
    ['session', 'POST', EVIL, SHOP, 'origin_not_allowed'],
    ['session', 'POST', undefined, SHOP, 'origin_not_allowed'],
    ['session', 'DELETE', undefined, SHOP, 'origin_not_allowed'],
    ['session', 'GET', undefined, SHOP, null],
    ['session', 'HEAD', undefined, SHOP, null],
    // The token was made before its origin was taken from the key.
    ['session', 'GET', undefined, EVIL, 'origin_not_allowed'],
    ['session', 'GET', EVIL, EVIL, 'origin_not_allowed'],
  ])('a %s caller, %s from %s with a token of %s: %s', (kind, method, origin, tokenOrigin, code) => {
    const policy = { ...DEVELOPMENT_CALLER.policy, origins: [SHOP, BLOG] };
    const check = () => checkOrigin({ ...DEVELOPMENT_CALLER, kind, policy }, { origin, tokenOrigin, method });
    if (code === null) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string | undefined, RegExp]>([
    [
      EVIL,
      /^This key is not for pages of https:\/\/evil\.example\. .*"tandem keys update key_0123456789ab --origin https:\/\/evil\.example"/,
    ],
    ['null', /opened as a file.* Let a server serve it/],
    [undefined, /are for web pages.* Servers use a secret key/],
  ])('says of %s what is wrong and what to do', (origin, told) => {
    const policy = { ...DEVELOPMENT_CALLER.policy, origins: [SHOP] };
    const caller: Caller = { kind: 'publishable', keyId: 'key_0123456789ab', sessionId: null, policy };
    expect(() => checkOrigin(caller, { origin, tokenOrigin: null, method: 'POST' })).toThrow(told);
  });

  it('tells nobody the origins that a key has', () => {
    const policy = { ...DEVELOPMENT_CALLER.policy, origins: [SHOP] };
    const check = () =>
      checkOrigin(
        { ...DEVELOPMENT_CALLER, kind: 'publishable', policy },
        { origin: EVIL, tokenOrigin: null, method: 'POST' },
      );
    expect(check).not.toThrow(SHOP);
  });
});
