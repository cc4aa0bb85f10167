import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForCandidate, placeOf } from '../../../edge/models/model-choice.ts';
import { createSessionId } from '../../../edge/session/session.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const SESSIONS = 20_000;

describe('the choice of a new session’s model', () => {
  // Ids that differ in their last characters alone are the hardest to spread.
  const alike = Array.from({ length: SESSIONS }, (_, n) => `sess_${String(n).padStart(22, '0')}`);
  const random = Array.from({ length: SESSIONS }, createSessionId);

  it.each([
    ['alike', alike],
    ['random', random],
  ])('gives the candidate its share of ids that are %s', (_, ids) => {
    for (const part of [0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.99]) {
      const chosen = ids.filter((id) => isForCandidate(id, part)).length;
      // Six standard deviations: of a fair choice one run in five hundred million is further off.
      const most = 6 * Math.sqrt(SESSIONS * part * (1 - part));
      expect(Math.abs(chosen - SESSIONS * part), `${part}`).toBeLessThan(most);
    }
  });

  it('is the same each time', () => {
    // Another worker must find the same, and one of next year.
    expect(placeOf('sess_0000000000000000000000')).toBeCloseTo(0.9437464257, 9);
  });

  it('lets no session go when the share grows', () => {
    fc.assert(
      fc.property(fc.string(), share, share, (id, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        return !isForCandidate(id, less) || isForCandidate(id, more);
      }),
    );
  });

  it('gives nothing for no share, and all for the whole', () => {
    expect(random.some((id) => isForCandidate(id, 0))).toBe(false);
    expect(random.every((id) => isForCandidate(id, 1))).toBe(true);
  });
});
