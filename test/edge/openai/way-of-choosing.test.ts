import { describe, expect, it } from 'vitest';
import type { GenerationFields } from '../../../edge/openai/generation-fields.ts';
import { wayOfChoosing } from '../../../edge/openai/way-of-choosing.ts';
import { TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';

const beams = { ...TRANSFORMERS_DEFAULTS, num_beams: 10 };
const greedy = { ...TRANSFORMERS_DEFAULTS, num_beams: 1 };
const samples = { ...TRANSFORMERS_DEFAULTS, do_sample: true };
const delayed = { ...TRANSFORMERS_DEFAULTS, num_beams: 10, do_sample: true, beam_delay: 5 };
const wide = { ...TRANSFORMERS_DEFAULTS, num_beams: 50 };

const choose = (defaults: typeof beams, fields: Partial<GenerationFields>) =>
  wayOfChoosing(fields as GenerationFields, { defaults, maxNumBeams: 20 });

const search = (num_beams: number, count = 1) => ({
  do_sample: false,
  num_beams,
  beam_delay: 0,
  num_return_sequences: count,
});
const delay = (beam_delay: number, num_beams: number, count = 1) => ({
  do_sample: true,
  num_beams,
  beam_delay,
  num_return_sequences: count,
});
const draw = (count = 1) => ({ do_sample: true, num_beams: 1, beam_delay: 0, num_return_sequences: count });

describe('the way of choosing', () => {
  it.each([
    // The model's own way, where nothing is said.
    [beams, {}, search(10)],
    [greedy, {}, search(1)],
    [samples, {}, draw()],
    [delayed, {}, { do_sample: true, num_beams: 10, beam_delay: 5, num_return_sequences: 1 }],
    [wide, {}, search(20)],
    [beams, { seed: 3, temperature: null, top_p: 1, top_k: -1, min_p: 0 }, search(10)],
    // More replies than the model has beams.
    [beams, { n: 12 }, search(12, 12)],
    [greedy, { n: 3 }, search(3, 3)],
    [samples, { n: 3 }, draw(3)],
    [delayed, { n: 12 }, { do_sample: true, num_beams: 12, beam_delay: 5, num_return_sequences: 12 }],
    // One of these alone draws.
    [beams, { temperature: 0.7 }, draw()],
    [beams, { temperature: 1 }, draw()],
    [beams, { top_p: 0.9 }, draw()],
    [beams, { top_k: 40 }, draw()],
    [beams, { min_p: 0.05 }, draw()],
    [beams, { do_sample: true, n: 2 }, draw(2)],
    [delayed, { temperature: 0.7 }, draw()],
    [beams, { temperature: 0.7, n: 2, best_of: 5 }, draw(5)],
    // These do not.
    [beams, { temperature: 0 }, search(10)],
    [samples, { temperature: 0 }, search(1)],
    [samples, { temperature: 0, top_p: 0.5, n: 2 }, search(2, 2)],
    [delayed, { do_sample: false }, search(10)],
    // Beams that are asked for.
    [greedy, { num_beams: 4 }, search(4)],
    [beams, { num_beams: 1 }, search(1)],
    [samples, { num_beams: 4, temperature: 1 }, search(4)],
    [greedy, { use_beam_search: true, best_of: 4, n: 2, temperature: 0 }, search(4, 2)],
    [beams, { use_beam_search: true }, search(10)],
    [beams, { use_beam_search: false }, search(1)],
    [beams, { use_beam_search: false, temperature: 0.7 }, draw()],
    [beams, { best_of: 5 }, search(5)],
    // Beams that draw first.
    [greedy, { beam_delay: 5, num_beams: 4 }, delay(5, 4)],
    [beams, { beam_delay: 5 }, delay(5, 10)],
    [beams, { beam_delay: 5, n: 3, temperature: 0.7, top_k: 20, do_sample: true }, delay(5, 10, 3)],
    [samples, { beam_delay: 3, best_of: 6, use_beam_search: true }, delay(3, 6)],
    [beams, { beam_delay: 0 }, search(10)],
    [delayed, { beam_delay: 0 }, search(10)],
  ])('%#: %j with %j', (defaults, fields, expected) => {
    expect(choose(defaults, fields)).toEqual(expected);
  });

  it.each([
    [{ n: 21 }, 'n (21) cannot exceed 20.'],
    [{ n: 21, temperature: 1 }, 'n (21) cannot exceed 20.'],
    [{ best_of: 21, temperature: 1 }, 'best_of (21) cannot exceed 20.'],
    [{ num_beams: 21 }, 'num_beams (21) cannot exceed 20.'],
    [{ n: 2, best_of: 1 }, 'best_of (1) is less than n (2).'],
    [{ n: 2, use_beam_search: false, temperature: 0 }, 'n (2) cannot exceed num_beams (1).'],
    [{ num_beams: 4, use_beam_search: false }, 'num_beams (4) needs use_beam_search, which is false.'],
    [{ num_beams: 4, temperature: 0.5 }, 'temperature draws tokens and num_beams searches'],
    [{ use_beam_search: true, do_sample: true }, 'do_sample draws tokens and use_beam_search searches'],
    [{ do_sample: true, temperature: 0 }, 'temperature (0) draws nothing'],
    [
      { beam_delay: 5, num_beams: 1 },
      'beam_delay (5) draws the first tokens of several beams: set num_beams',
    ],
    [{ beam_delay: 5, num_beams: 4, do_sample: false }, 'which do_sample forbids'],
    [{ beam_delay: 5, num_beams: 4, temperature: 0 }, 'which temperature forbids'],
    [{ beam_delay: 5, use_beam_search: false }, 'which use_beam_search forbids'],
    [{ beam_delay: 5, num_beams: 4, n: 5 }, 'n (5) cannot exceed num_beams (4).'],
    [{ do_sample: false, top_k: 3 }, 'top_k shapes what is drawn, and do_sample is false'],
  ])('refuses %j', (fields, message) => {
    for (const defaults of [beams, samples]) {
      expect(() => choose(defaults, fields)).toThrow(message);
    }
  });
});
