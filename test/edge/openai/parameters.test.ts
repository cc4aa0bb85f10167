import { describe, expect, it } from 'vitest';
import { type GenerationFields, generationParameters } from '../../../edge/openai/parameters.ts';
import { TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';

const defaults = {
  ...TRANSFORMERS_DEFAULTS,
  num_beams: 10,
  min_length: 20,
  max_length: 60,
  length_penalty: 0.65,
};
const resolve = (fields: Partial<GenerationFields>) =>
  generationParameters(fields as GenerationFields, { defaults, maxPositions: 128, maxNumBeams: 20 });

describe('generationParameters', () => {
  it('are the model’s own where nothing is asked for', () => {
    expect(resolve({})).toEqual(defaults);
    expect(resolve({ n: null, max_tokens: null, num_beams: null })).toEqual(defaults);
  });

  it.each([
    // The start token counts in max_length and not in max_tokens.
    [{ max_tokens: 40 }, { min_length: 20, max_length: 41 }],
    [{ max_completion_tokens: 40 }, { min_length: 20, max_length: 41 }],
    [
      { max_tokens: 40, max_completion_tokens: 40 },
      { min_length: 20, max_length: 41 },
    ],
    // What the model can write.
    [{ max_tokens: 4_096 }, { min_length: 20, max_length: 128 }],
    // The model's least length gives way to what is asked for.
    [{ max_tokens: 10 }, { min_length: 11, max_length: 11 }],
    [{ max_tokens: 1 }, { min_length: 2, max_length: 2 }],
    // After the start token and five more, an end token may come.
    [{ min_tokens: 5 }, { min_length: 6, max_length: 60 }],
    [{ min_tokens: 0 }, { min_length: 1, max_length: 60 }],
    [{ min_tokens: 500 }, { min_length: 60, max_length: 60 }],
    [
      { min_tokens: 50, max_tokens: 100 },
      { min_length: 51, max_length: 101 },
    ],
  ])('turns %j into %j', (fields, lengths) => {
    expect(resolve(fields)).toEqual({ ...defaults, ...lengths });
  });

  it('passes on what both sides call the same', () => {
    const fields = {
      length_penalty: 1,
      repetition_penalty: 1.2,
      early_stopping: 'never' as const,
      num_beams: 4,
    };
    expect(resolve({ ...fields, n: 4 })).toEqual({ ...defaults, ...fields, num_return_sequences: 4 });
  });

  it('speaks of parameters by the names that the request has', () => {
    expect(() => resolve({ n: 11 })).toThrow('n (11) cannot exceed num_beams (10).');
  });
});
