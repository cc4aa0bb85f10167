import { describe, expect, it } from 'vitest';
import { rollOut } from '../../../infra/deploy/roll-out.ts';
import type { Verdict } from '../../../infra/deploy/watch.ts';

const WELL: Verdict = { kind: 'well' };

/** Rolls out with these verdicts by percentages, and says how requests were shared. */
async function roll(verdicts: Record<number, Verdict>, refused: string[] = []) {
  const shares: string[] = [];
  const told: string[] = [];
  const outcome = await rollOut(
    { stable: 'old', next: 'new' },
    {
      setTraffic: async (traffic) => {
        const share = traffic.map(({ version_id, percentage }) => `${version_id} ${percentage}`).join(', ');
        if (refused.includes(share)) throw new Error(`Cloudflare refuses ${share}`);
        shares.push(share);
      },
      watch: async (percentage) => verdicts[percentage] ?? WELL,
      tell: (line) => told.push(line),
    },
  );
  return { outcome, shares, told };
}

describe('a roll-out', () => {
  it('tries the version alone, then shares requests until it has all', async () => {
    const { outcome, shares } = await roll({});
    expect(shares).toEqual(['new 0, old 100', 'new 10, old 90', 'new 50, old 50', 'new 100']);
    expect(outcome).toEqual({ kind: 'deployed' });
  });

  it.each([0, 10, 50, 100])(
    'gives all requests back where the version is not well with %i %%',
    async (percentage) => {
      const { outcome, shares } = await roll({ [percentage]: { kind: 'unwell', why: 'it throws' } });
      expect(shares.at(-1)).toBe('old 100');
      expect(shares).toHaveLength([0, 10, 50, 100].indexOf(percentage) + 2);
      expect(outcome).toEqual({ kind: 'rolled back', why: 'it throws' });
    },
  );

  it('goes on where requests cannot be sent to a version, and says so', async () => {
    const { outcome, told } = await roll({ 0: { kind: 'unknown', why: 'no request reached it' } });
    expect(outcome).toEqual({ kind: 'deployed' });
    expect(told.join()).toContain('It could not be watched by itself: no request reached it.');
  });

  it('goes back where a step is refused', async () => {
    const { outcome, shares } = await roll({}, ['new 50, old 50']);
    expect(shares.at(-1)).toBe('old 100');
    expect(outcome).toEqual({ kind: 'rolled back', why: 'Cloudflare refuses new 50, old 50' });
  });

  it('is stuck where neither way can be gone', async () => {
    const { outcome } = await roll({ 10: { kind: 'unwell', why: 'it throws' } }, ['old 100']);
    expect(outcome).toEqual({
      kind: 'stuck',
      why: 'it throws; and the way back failed: Cloudflare refuses old 100',
    });
  });
});
