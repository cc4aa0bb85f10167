import { describe, expect, it } from 'vitest';
import { TRANSFORMERS_DEFAULTS } from '../../shared/generation-parameters.ts';
import { padRows } from '../../shared/generation-batch.ts';
import {
  PARAMETER_INPUT_NAMES,
  parameterFromNumber,
  parameterToNumber,
} from '../../shared/generation-tensors.ts';

describe('generation tensors', () => {
  it('pad rows on the right and mask the padding', () => {
    expect(
      padRows(
        [
          [5, 6, 2],
          [7, 2],
        ],
        0,
      ),
    ).toEqual({
      shape: [2, 3],
      inputIds: [5, 6, 2, 7, 2, 0],
      attentionMask: [1, 1, 1, 1, 1, 0],
    });
  });

  it('carry every parameter there and back', () => {
    for (const early_stopping of [true, false, 'never'] as const) {
      for (const forced_eos_token_id of [null, 2]) {
        const flags = { do_sample: true, output_logprobs: early_stopping === true };
        const parameters = { ...TRANSFORMERS_DEFAULTS, ...flags, early_stopping, forced_eos_token_id };
        for (const name of PARAMETER_INPUT_NAMES) {
          expect(parameterFromNumber(name, parameterToNumber(parameters, name))).toBe(parameters[name]);
        }
      }
    }
  });
});
