import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildInferenceRequest } from '../../../edge/backends/inference-request.ts';
import { readGenerationRequest } from '../../../gpu-backend/protocol/generation-request.ts';
import { readEnvelope } from '../../../gpu-backend/protocol/request-envelope.ts';
import {
  type GenerationParameters,
  InvalidParameterError,
  MAX_LENGTH,
  MAX_NUM_BEAMS,
  resolveGenerationParameters,
} from '../../../shared/generation-parameters.ts';
import { LIMITS, MODEL } from './inference-requests.ts';

const { recommendedGeneration: recommended, maxPositions, vocabSize, tokens } = MODEL;

/** Numbers within and around the ranges, and as near to their ends as JavaScript's numbers come. */
const penalty = fc.oneof(
  // JSON has no -0.
  fc.double({ min: -4, max: 101, noNaN: true }).map((value) => value + 0),
  fc
    .record({
      end: fc.constantFrom(-3, 0, 0.01, 0.015625, 1, 10, 100),
      steps: fc.integer({ min: -3, max: 3 }),
    })
    .map(({ end, steps }) => end * (1 + steps * Number.EPSILON)),
);
const ngramSize = fc.oneof(fc.integer({ min: -1, max: 8 }), fc.constant(MAX_LENGTH));
const requested = fc.record(
  {
    num_beams: fc.integer({ min: 1, max: LIMITS.maxNumBeams }),
    num_return_sequences: fc.constantFrom(1, 2),
    min_length: fc.integer({ min: 0, max: maxPositions }),
    max_length: fc.integer({ min: 2, max: maxPositions }),
    length_penalty: penalty,
    early_stopping: fc.constantFrom(true, false, 'never'),
    no_repeat_ngram_size: ngramSize,
    encoder_no_repeat_ngram_size: ngramSize,
    repetition_penalty: penalty,
    forced_eos_token_id: fc.option(fc.integer({ min: 0, max: vocabSize - 1 })),
  },
  { requiredKeys: [] },
);

describe('the parameters that the edge accepts', () => {
  it('are accepted by the backend as the tensors that the edge makes of them', () => {
    let accepted = 0;
    fc.assert(
      fc.property(requested, (values) => {
        const parameters = resolved(values);
        if (parameters === undefined) return;
        accepted++;
        const [row] = rowsSent(parameters);
        expect(row!.parameters).toEqual({
          ...parameters,
          length_penalty: Math.fround(parameters.length_penalty),
          repetition_penalty: Math.fround(parameters.repetition_penalty),
        });
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it.each<Partial<GenerationParameters>>([
    { repetition_penalty: 0.015625 },
    { repetition_penalty: 100 },
    { length_penalty: -3 },
    { length_penalty: 10 },
    { num_beams: LIMITS.maxNumBeams },
    { min_length: recommended.max_length, no_repeat_ngram_size: MAX_LENGTH },
    {
      num_beams: 1,
      do_sample: true,
      num_return_sequences: LIMITS.maxNumBeams,
      top_k: 0,
      top_p: 0.5,
      min_p: 0.25,
    },
    { num_beams: 4, do_sample: true, beam_delay: 3, temperature: 0.5, output_logprobs: true },
    { logit_bias: { 5: -2, 99: 1000 }, bad_words_ids: [[5], [6, 7, 8]], stop_sequences: [[9, 9]] },
  ])('reach to %j at both tiers', (values) => {
    const [row] = rowsSent(resolveGenerationParameters(values, recommended));
    expect(row!.parameters).toMatchObject(values);
  });

  it('have no more beams than the backend can be set to', () => {
    const limits = { ...LIMITS, maxNumBeams: MAX_NUM_BEAMS };
    const parameters = resolveGenerationParameters({ num_beams: MAX_NUM_BEAMS }, recommended);
    expect(rowsSent(parameters, limits)).toHaveLength(1);
  });
});

function resolved(values: unknown): GenerationParameters | undefined {
  try {
    return resolveGenerationParameters(values, recommended);
  } catch (error) {
    if (error instanceof InvalidParameterError) return undefined;
    throw error;
  }
}

/** The rows that the backend reads out of what the edge sends. */
function rowsSent(parameters: GenerationParameters, limits = LIMITS) {
  const options = { padToken: tokens.pad, requestId: 'r', tenant: null, timeoutMs: 1000 };
  const body = JSON.stringify(buildInferenceRequest({ rows: [[5, 2]], parameters }, options));
  return readGenerationRequest(readEnvelope({ json: JSON.parse(body) }), MODEL, limits).rows;
}
