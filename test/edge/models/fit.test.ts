import { describe, expect, it } from 'vitest';
import { sharedProperties, whyUnfit } from '../../../edge/models/fit.ts';
import { modelConfig } from '../../../edge/tokenizer/model.ts';

const served = { tokenizer_sha256: 'aa' };
const shared = sharedProperties(modelConfig, served);
const own = {
  model_type: modelConfig.modelType,
  vocab_size: String(modelConfig.vocabSize),
  max_positions: String(modelConfig.maxPositions),
  tokenizer_sha256: 'aa',
};

describe('whether a second model fits what is bundled', () => {
  it('takes another precision of the same checkpoint', () => {
    expect(whyUnfit({ ...own, precision: 'int8' }, shared)).toBeNull();
  });

  it('takes one of which nothing is known, as a Triton has it', () => {
    expect(whyUnfit({}, shared)).toBeNull();
  });

  it.each([
    [{ model_type: 'blenderbot-small' }, /^it is a blenderbot-small, /],
    [{ vocab_size: '50265' }, /^it has a vocabulary of 50265, /],
    [{ max_positions: '512' }, /^it reads tokens: 512, /],
    [{ tokenizer_sha256: 'bb' }, /^it has the tokenizer bb, /],
  ])('refuses %j, and says why', (other, why) => {
    expect(whyUnfit({ ...own, ...other }, shared)).toMatch(why);
  });

  it('cannot tell tokenizers apart where no backend tells the served one’s', () => {
    expect(whyUnfit({ ...own, tokenizer_sha256: 'bb' }, sharedProperties(modelConfig, null))).toBeNull();
  });
});
