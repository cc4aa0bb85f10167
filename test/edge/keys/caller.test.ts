import { describe, expect, it } from 'vitest';
import { type Caller, DEVELOPMENT_CALLER, mayOpen } from '../../../edge/keys/caller.ts';

const caller = (changes: Partial<Caller>): Caller => ({ ...DEVELOPMENT_CALLER, ...changes });
const secret = caller({ kind: 'secret', keyId: 'key_a' });
const token = caller({ kind: 'session', keyId: 'key_a', sessionId: 'sess_1' });

describe('mayOpen', () => {
  it.each([
    ['development a session without a key', DEVELOPMENT_CALLER, { id: 'sess_1', keyId: null }, true],
    ['development a session of a key', DEVELOPMENT_CALLER, { id: 'sess_1', keyId: 'key_a' }, false],
    ['a key its own session', secret, { id: 'sess_1', keyId: 'key_a' }, true],
    ['a key the session of another', secret, { id: 'sess_1', keyId: 'key_b' }, false],
    ['a key a session without a key', secret, { id: 'sess_1', keyId: null }, false],
    ['a token its session', token, { id: 'sess_1', keyId: 'key_a' }, true],
    ['a token another session of its key', token, { id: 'sess_2', keyId: 'key_a' }, false],
    ['a token that opens none yet', { ...token, sessionId: null }, { id: 'sess_1', keyId: 'key_a' }, false],
    ['a token a session of the same id and another key', token, { id: 'sess_1', keyId: 'key_b' }, false],
  ])('answers for %s', (_, who, session, expected) => {
    expect(mayOpen(who, session)).toBe(expected);
  });
});
