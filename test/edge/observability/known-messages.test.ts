import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KNOWN_MESSAGES, knownPart } from '../../../edge/observability/known-messages.ts';

describe('the part of a message that is known', () => {
  it.each(KNOWN_MESSAGES)('is "%s" and nothing that follows', (known) => {
    expect(knownPart(known)).toBe(known);
    for (const rest of [' my secret', ': my secret', '. My secret.', 'mysecret'])
      expect(knownPart(`${known}${rest}`)).toBe(known);
  });

  it.each(['GET', 'GET_BULK', 'PUT', 'DELETE'])('is the status of KV’s %s', (method) => {
    expect(knownPart(`KV ${method} failed: 429 my secret`)).toBe(`KV ${method} failed: 429`);
  });

  it.each([
    'Worker Anna lives in Oslo',
    'Durable Object is my secret',
    'Your account is at the bank',
    'Exceeded all that I hoped for',
    'Cannot resolve Durable Object my secret',
    'Too many secrets of mine',
    'A stored session is about my health',
    'KV secret failed: 123',
    'KV GET failed: 1234567',
    'Queue my secret failed: 500',
    'I lost it: Network connection lost.',
    'network connection lost',
    '',
  ])('is nothing where a message only looks like it: %s', (message) => {
    expect(knownPart(message)).toBe(null);
  });

  it('is one of those that are listed, whatever stands before or after it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const message = fc.tuple(text, fc.constantFrom('KV PUT failed: 429', ...KNOWN_MESSAGES), text);
    fc.assert(
      fc.property(message, (parts) => {
        const known = knownPart(parts.join(''));
        expect([null, 'KV PUT failed: 429', ...KNOWN_MESSAGES]).toContain(known);
      }),
      { numRuns: 500 },
    );
  });
});
