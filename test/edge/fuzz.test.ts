import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackendFetch, inferenceAnswer, tensor, testApp } from './test-app.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, true, 0, -1, 1, 2, 0.5, 1e308, '', ' ', [], {}, 'never', '__proto__'),
);

// Mostly right, so that what is wrong gets deep.
const message = fc.record(
  {
    role: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('system', 'user', 'assistant') },
      { weight: 1, arbitrary: anything },
    ),
    content: fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: anything }),
  },
  { requiredKeys: ['role'] },
);
const names = [
  'model',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'min_tokens',
  'length_penalty',
  'repetition_penalty',
  'early_stopping',
  'num_beams',
  'no_repeat_ngram_size',
  'encoder_no_repeat_ngram_size',
  'stream',
  'stop',
  'temperature',
  'tools',
  'response_format',
  'modalities',
  'logit_bias',
  'constructor',
  'toString',
  '__proto__',
];
const completion = fc
  .tuple(
    fc.array(message, { maxLength: 5 }),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), anything), { maxLength: 2 }),
  )
  .map(([messages, fields]) =>
    JSON.stringify({
      messages: [...messages, { role: 'user', content: 'hi' }],
      ...Object.fromEntries(fields),
    }),
  );

const body = fc.oneof(
  completion,
  anything.map((value) => JSON.stringify(value)),
  text,
);

/** A backend that does as it is told: a sequence for every beam. */
const obedient: BackendFetch = async (_, init) => {
  const [beams] = tensor(JSON.parse(init.body as string), 'num_beams');
  return Response.json(inferenceAnswer(new Array(beams!).fill([5, 2])));
};

describe('a body of any kind', () => {
  it.each(['/v1/chat/completions', '/v1/sessions', '/v1/sessions/sess_AAAAAAAAAAAAAAAAAAAAAA/messages'])(
    'gets no 5xx from %s',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(body, async (sent) => {
          const response = await testApp({ backend: obedient }).request('POST', path, { body: sent });
          expect(response.status).toBeLessThan(500);
        }),
        { numRuns: 200 },
      );
    },
  );
});
