import { describe, expect, it } from 'vitest';
import type { GenerationFields } from '../../../edge/openai/generation-fields.ts';
import { generationPlan } from '../../../edge/openai/parameters.ts';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { type GenerationParameters, TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';

const defaults = {
  ...TRANSFORMERS_DEFAULTS,
  num_beams: 10,
  min_length: 20,
  max_length: 60,
  length_penalty: 0.65,
};

function plan(fields: Partial<GenerationFields>, recommended: GenerationParameters = defaults) {
  const config = { ...modelConfig, maxPositions: 128, recommendedGeneration: recommended };
  const model = { name: 'm', config, tokenizer };
  return generationPlan(fields as GenerationFields, { model, maxNumBeams: 20 });
}
const resolve = (fields: Partial<GenerationFields>, recommended?: GenerationParameters) =>
  plan(fields, recommended).parameters;

describe('generationPlan', () => {
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
    expect(() => resolve({ n: 5, num_beams: 4 })).toThrow('n (5) cannot exceed num_beams (4).');
    expect(() => resolve({ stop_token_ids: [9_999] })).toThrow(/^stop_token_ids: 9999 is no token id/);
  });

  it('goes on until max_tokens where ends are to be ignored', () => {
    expect(resolve({ ignore_eos: true, max_tokens: 30 })).toMatchObject({ min_length: 31, max_length: 31 });
  });

  it('asks for log-probabilities where they are wanted or samples compete', () => {
    expect(resolve({ logprobs: true }).output_logprobs).toBe(true);
    expect(resolve({ best_of: 3, temperature: 1 }).output_logprobs).toBe(true);
    expect(resolve({ best_of: 3 }).output_logprobs).toBe(false);
  });

  it('ends the search early at the ways to write a stop text, and knows the text', () => {
    const { parameters, stop } = plan({ stop: '.', stop_token_ids: [7] });
    expect(stop).toEqual(['.']);
    expect(parameters.stop_sequences[0]).toEqual([7]);
    const texts = parameters.stop_sequences.slice(1).map((ids) => tokenizer.decode(ids));
    expect(texts).toEqual([' .', '.']);
  });

  it('bans a word by its tokens', () => {
    const texts = resolve({ bad_words: ['dogs'] }).bad_words_ids.map((ids) => tokenizer.decode(ids));
    expect(texts[0]).toBe(' dogs');
  });

  it('looks no further than the first word that is too long to ban', () => {
    const encoded: string[] = [];
    const encode = (text: string) => {
      encoded.push(text);
      return tokenizer.encode(text);
    };
    const model = { name: 'm', config: modelConfig, tokenizer: { ...tokenizer, encode } };
    const bad_words = new Array(100).fill('日本'.repeat(127));
    expect(() => generationPlan({ bad_words } as GenerationFields, { model, maxNumBeams: 20 })).toThrow(
      'bad_words: one of them is more than 32 tokens long.',
    );
    expect(encoded.join('').length).toBeLessThan(1_000);
  });

  it('draws almost nothing but the likeliest token at the lowest temperatures', () => {
    expect(resolve({ temperature: 1e-6 })).toMatchObject({ do_sample: true, temperature: 1 / 64 });
  });

  it('keeps the model’s own bans and ends', () => {
    const own = { ...defaults, bad_words_ids: [[5]], stop_sequences: [[6]] };
    expect(resolve({}, own)).toEqual(own);
    expect(resolve({ stop_token_ids: [7] }, own).stop_sequences).toEqual([[6], [7]]);
  });
});
