import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InvalidParameterError,
  resolveGenerationParameters,
  TRANSFORMERS_DEFAULTS,
} from '../../shared/generation-parameters.ts';

const refused: [given: unknown, parameter: string, message: RegExp][] = [
  [{ num_beams: 0 }, 'num_beams', />=1|at least 1/],
  [{ num_beams: 2.5 }, 'num_beams', /int/],
  [{ num_beams: '4' }, 'num_beams', /number/],
  [{ max_length: 1 }, 'max_length', /2/],
  [{ early_stopping: 'always' }, 'early_stopping', /early_stopping/],
  [{ repetition_penalty: 0 }, 'repetition_penalty', /0/],
  [{ length_penalty: Number.NaN }, 'length_penalty', /number/],
  [{ forced_eos_token_id: -1 }, 'forced_eos_token_id', /0/],
  [{ beams: 4 }, 'beams', /Unknown parameter "beams"\. Known: num_beams, /],
  [{ num_beams: 2, num_return_sequences: 3 }, 'num_return_sequences', /cannot exceed num_beams \(2\)/],
  [{ min_length: 61 }, 'min_length', /min_length \(61\) is more than max_length \(60\)/],
  [
    { do_sample: true, num_beams: 2 },
    'do_sample',
    /num_beams \(2\) needs a beam_delay .* num_return_sequences/,
  ],
  [{ beam_delay: 3, num_beams: 2 }, 'beam_delay', /needs do_sample and num_beams/],
  [{ beam_delay: 3, do_sample: true }, 'beam_delay', /needs do_sample and num_beams/],
  [
    { do_sample: true, num_beams: 2, beam_delay: 1, num_return_sequences: 3 },
    'num_return_sequences',
    /cannot exceed num_beams/,
  ],
  [{ num_return_sequences: 2 }, 'num_return_sequences', /cannot exceed num_beams \(1\)/],
  [{ temperature: 0 }, 'temperature', /0/],
  [{ top_p: Number.NaN }, 'top_p', /number/],
  [{ min_p: -0.1 }, 'min_p', /0/],
  [{ logit_bias: { x: 1 } }, 'logit_bias', /logit_bias\.x: a key is a token id/],
  [{ logit_bias: { 5: Number.POSITIVE_INFINITY } }, 'logit_bias', /logit_bias\.5: /],
  [{ bad_words_ids: [[]] }, 'bad_words_ids', /at least one token/],
  [{ bad_words_ids: [[-5]] }, 'bad_words_ids', /0/],
  [{ stop_sequences: [Array(33).fill(5)] }, 'stop_sequences', /32/],
  [{ seed: -1 }, 'seed', /0/],
  ['fast', 'parameters', /object/],
];

describe('resolveGenerationParameters', () => {
  it('completes what is given from the defaults', () => {
    const defaults = { ...TRANSFORMERS_DEFAULTS, num_beams: 10, length_penalty: 0.65 };
    expect(resolveGenerationParameters({ length_penalty: 2, early_stopping: 'never' }, defaults)).toEqual({
      ...defaults,
      length_penalty: 2,
      early_stopping: 'never',
    });
    expect(resolveGenerationParameters(undefined, defaults)).toEqual(defaults);
  });

  it('lets a default minimum length give way to the maximum that is asked for', () => {
    const defaults = { ...TRANSFORMERS_DEFAULTS, min_length: 20 };
    expect(resolveGenerationParameters({ max_length: 8 }, defaults)).toMatchObject({ min_length: 8 });
  });

  for (const [given, parameter, message] of refused) {
    it(`refuses ${JSON.stringify(given)} by the parameter's name`, () => {
      const resolve = () => resolveGenerationParameters(given, TRANSFORMERS_DEFAULTS);
      expect(resolve).toThrow(InvalidParameterError);
      expect(resolve).toThrow(
        expect.objectContaining({ parameter, message: expect.stringMatching(message) }),
      );
    });
  }

  it('answers any value with parameters or an InvalidParameterError', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom('num_beams', 'x'), fc.anything())),
        (given) => {
          try {
            resolveGenerationParameters(given, TRANSFORMERS_DEFAULTS);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidParameterError);
          }
        },
      ),
    );
  });
});
