import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type GenerationSession,
  openGenerationSession,
} from '../../../../gpu-backend/runtime/generation-session.ts';
import type { GenerationRow } from '../../../../shared/generation-batch.ts';
import {
  resolveGenerationParameters,
  TRANSFORMERS_DEFAULTS,
} from '../../../../shared/generation-parameters.ts';
import { uniformNumbers } from '../../../../shared/uniform-numbers.ts';
import { buildReferenceModel } from '../../runtime/reference-model.ts';

let session: GenerationSession;
let close: () => Promise<void>;

beforeAll(async () => {
  const model = await buildReferenceModel();
  session = await openGenerationSession(model.directory, { threads: 1 });
  close = async () => {
    await session.release();
    await model.remove();
  };
});
afterAll(() => close());

// Few tokens, so that n-grams, banned and stop sequences come up again and again.
const token = fc.integer({ min: 8, max: 40 });
const sequences = fc.array(fc.array(token, { minLength: 1, maxLength: 3 }), { maxLength: 3 });

/** One of the ways to choose that a row of this width can have. */
function mode(width: number) {
  const beams = { num_beams: width, num_return_sequences: 1 };
  const samples = { num_beams: 1, num_return_sequences: width, do_sample: true };
  const delayed = fc
    .integer({ min: 1, max: 6 })
    .map((beam_delay) => ({ ...beams, do_sample: true, beam_delay }));
  return width === 1
    ? fc.constantFrom<object>({}, samples)
    : fc.oneof(fc.constantFrom<object>(beams, samples), delayed);
}

function row(width: number): fc.Arbitrary<GenerationRow> {
  const rules = fc.record({
    max_length: fc.integer({ min: 2, max: 14 }),
    length_penalty: fc.constantFrom(0, 0.65, 2),
    early_stopping: fc.constantFrom(true, false, 'never'),
    no_repeat_ngram_size: fc.integer({ min: 0, max: 3 }),
    encoder_no_repeat_ngram_size: fc.integer({ min: 0, max: 3 }),
    repetition_penalty: fc.constantFrom(1, 1.3),
    forced_eos_token_id: fc.constantFrom(null, 2),
    temperature: fc.constantFrom(0.5, 1, 2),
    top_k: fc.constantFrom(0, 1, 7, 50),
    top_p: fc.constantFrom(1, 0.8),
    min_p: fc.constantFrom(0, 0.1),
    // The model seldom says one of the few tokens of its own accord.
    logit_bias: fc
      .array(fc.tuple(token, fc.integer({ min: -4, max: 12 })), { maxLength: 4 })
      .map((biases) => Object.fromEntries(biases)),
    bad_words_ids: sequences,
    stop_sequences: sequences,
    output_logprobs: fc.boolean(),
    seed: fc.nat(),
  });
  const ids = fc.array(token, { minLength: 1, maxLength: 20 });
  return fc
    .record({ ids, mode: mode(width), rules, minLength: fc.integer({ min: 0, max: 6 }) })
    .map(({ ids, mode, rules, minLength }) => {
      const min_length = Math.min(minLength, rules.max_length);
      const parameters = resolveGenerationParameters(
        { ...mode, ...rules, min_length },
        TRANSFORMERS_DEFAULTS,
      );
      return { inputIds: [...ids, 2], parameters, uniforms: uniformNumbers(parameters) };
    });
}

const batch = fc.constantFrom(1, 2, 4).chain((width) => fc.array(row(width), { minLength: 2, maxLength: 5 }));

describe('a batch of rows that choose in different ways', () => {
  it('answers each row as it is answered alone', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const together = await session.generate(rows);
        for (const [index, row] of rows.entries()) {
          const [alone] = await session.generate([row]);
          expect(together[index]!.sequences).toEqual(alone!.sequences);
          expectNear(together[index]!.scores, alone!.scores);
          expectNear(together[index]!.logprobs?.flat(), alone!.logprobs?.flat());
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

// Another size of a product adds up in another order.
function expectNear(values: number[] = [], expected: number[] = []): void {
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index]!, 3);
}
