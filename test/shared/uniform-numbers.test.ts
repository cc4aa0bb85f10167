import { describe, expect, it } from 'vitest';
import { type GenerationParameters, TRANSFORMERS_DEFAULTS } from '../../shared/generation-parameters.ts';
import { drawnSteps, philox, uniformNumbers } from '../../shared/uniform-numbers.ts';

const parametersOf = (values: Partial<GenerationParameters>) => ({ ...TRANSFORMERS_DEFAULTS, ...values });

describe('philox', () => {
  // The known answers that its authors publish with their implementation.
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], words: '6627e8d5 e169c58d bc57ac4c 9b00dbd8' },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: '408f276d 41c83b0e a20bc7c6 6d5451fd',
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: 'd16cfe09 94fdcceb 5001e420 24126ea1',
    },
  ])('answers $counter with $words', ({ counter, key, words }) => {
    const answer = philox(counter as [number, number, number, number], key as [number, number]);
    expect(answer.map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(words);
  });
});

describe('uniformNumbers', () => {
  const sampling = parametersOf({
    do_sample: true,
    num_return_sequences: 8,
    max_length: 41,
    seed: 2 ** 53 - 1,
  });

  it('are as many as may be drawn', () => {
    expect(drawnSteps(parametersOf({ num_beams: 4 }))).toBe(0);
    expect(drawnSteps(sampling)).toBe(40);
    const delayed = { do_sample: true, num_beams: 4, beam_delay: 3 };
    expect(drawnSteps(parametersOf(delayed))).toBe(3);
    expect(drawnSteps(parametersOf({ ...delayed, max_length: 2 }))).toBe(1);
    expect(uniformNumbers(parametersOf(delayed)).map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  });

  it('are the same for a seed, whatever the number of samples and steps', () => {
    const fewer = uniformNumbers({ ...sampling, num_return_sequences: 3, max_length: 11 });
    expect(fewer).toEqual(
      uniformNumbers(sampling)
        .slice(0, 3)
        .map((numbers) => numbers.slice(0, 10)),
    );
    expect(uniformNumbers({ ...sampling, seed: 5 })).not.toEqual(uniformNumbers(sampling));
    expect(uniformNumbers({ ...sampling, seed: 2 ** 32 })).not.toEqual(
      uniformNumbers({ ...sampling, seed: 0 }),
    );
  });

  it('are in [0, 1), even there, and kept whole by float32', () => {
    const numbers = uniformNumbers({ ...sampling, num_return_sequences: 100, max_length: 101 }).flat();
    expect(numbers.every((number) => number >= 0 && number < 1 && Math.fround(number) === number)).toBe(true);
    const counts = new Array<number>(10).fill(0);
    for (const number of numbers) counts[Math.floor(number * 10)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 9 degrees of freedom: above 40 once in a hundred thousand seeds.
    expect(chiSquare).toBeLessThan(40);
  });

  it('take a seed from the randomness that is passed in where there is none', () => {
    const random = () => 5 / 2 ** 53;
    expect(uniformNumbers({ ...sampling, seed: null }, random)).toEqual(
      uniformNumbers({ ...sampling, seed: 5 }),
    );
  });
});
