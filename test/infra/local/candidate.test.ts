import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../gpu-backend/compiler/manifest.ts';
import { candidateFinding } from '../../../infra/doctor/candidate.ts';
import { localCandidate, parseShare } from '../../../infra/local/candidate.ts';

const build = (directory: string, changes: Partial<Manifest> = {}) => ({
  directory,
  manifest: {
    ...{ name: 'bot', precision: 'fp32', maxPositions: 128 },
    files: { 'tokenizer.json': { bytes: 1, sha256: 'aa' } },
    ...changes,
  } as Manifest,
});
const served = build('/models/bot-fp32');
const beside = { beside: served, share: 0.2 };

describe('a candidate on this machine', () => {
  it('has its own name, and its precision in it where the served model has the same', () => {
    expect(localCandidate(build('/models/next', { name: 'next' }), beside).name).toBe('next');
    expect(localCandidate(build('/models/bot-int8', { precision: 'int8' }), beside).name).toBe('bot-int8');
  });

  it.each([
    [served, /is the model that is served/],
    [build('/models/next', { name: 'next', maxPositions: 512 }), /next reads 512 tokens, bot 128/],
    [
      build('/models/next', { name: 'next', files: { 'tokenizer.json': { bytes: 1, sha256: 'bb' } } }),
      /next has another tokenizer than bot/,
    ],
  ])('is refused where the edge could not speak to both: %#', (model, why) => {
    expect(() => localCandidate(model, beside)).toThrow(why);
  });

  it('has a share from 0 to 1', () => {
    expect(['0', '0.2', '1'].map(parseShare)).toEqual([0, 0.2, 1]);
    for (const wrong of ['', ' ', '-0.1', '1.1', '20%', 'NaN'])
      expect(() => parseShare(wrong)).toThrow('0 to 1');
  });
});

describe('what doctor says of a candidate', () => {
  const ready = { model: 'next', share: 0.2, state: 'ready', reason: null };

  it('is well where it is ready', () => {
    expect(candidateFinding(ready)).toEqual({
      ...{ about: 'candidate next', state: 'ok', found: 'ready, for 20 % of new sessions' },
    });
    expect(candidateFinding({ ...ready, share: 0 }).found).toBe('ready, for those who ask for it by name');
  });

  it.each([
    ['unfit', 'At backend 1 it has a vocabulary of 5, the model that is served 7.', /CANDIDATE_MODEL_NAME/],
    ['away', 'No backend that answers has it.', /--model NAME=DIR/],
  ])('tells what to do where it is %s', (state, reason, advice) => {
    const finding = candidateFinding({ ...ready, state, reason });
    expect(finding).toMatchObject({ state: 'warning', advice: expect.stringMatching(advice) });
    expect(finding.found).toContain(reason);
  });
});
