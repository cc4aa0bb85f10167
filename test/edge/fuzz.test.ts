import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../edge/errors.ts';
import type { Operation } from '../../edge/openapi/operation.ts';
import { OPERATIONS } from '../../edge/openapi/operations.ts';
import { events } from './events.ts';
import { type BackendFetch, inferenceAnswer, json, tensor, testApp } from './test-app.ts';

// With half surrogate pairs.
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a', ' ', '\n', '\u0000', '.', '👍'), maxLength: 9 }),
);
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, true, 0, -1, 1, 2, 0.5, 1e308, '', ' ', [], {}, 'never', '__proto__'),
);
/** Mostly right, so that what is wrong gets deep. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 19, arbitrary: right }, { weight: 1, arbitrary: anything });

const ids = fc.array(fc.oneof(fc.nat(1_999), fc.nat(3_000)), { maxLength: 5 });
/** What a reply may be asked to be like: each by itself is right, together they may contradict each other. */
const wishes = {
  n: fc.integer({ min: 1, max: 22 }),
  best_of: fc.integer({ min: 1, max: 22 }),
  max_tokens: fc.integer({ min: 1, max: 5_000 }),
  min_tokens: fc.nat(80),
  ignore_eos: fc.boolean(),
  stop: fc.oneof(text, fc.array(text, { maxLength: 5 })),
  stop_token_ids: ids,
  bad_words: fc.array(text, { maxLength: 3 }),
  logit_bias: fc.dictionary(fc.nat(2_500).map(String), fc.integer({ min: -101, max: 101 }), { maxKeys: 3 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  top_p: fc.double({ min: 0, max: 1, noNaN: true }),
  top_k: fc.integer({ min: -1, max: 100 }),
  min_p: fc.double({ min: 0, max: 1, noNaN: true }),
  do_sample: fc.boolean(),
  seed: fc.maxSafeNat(),
  use_beam_search: fc.boolean(),
  num_beams: fc.integer({ min: 1, max: 22 }),
  length_penalty: fc.double({ min: -5, max: 12, noNaN: true }),
  repetition_penalty: fc.double({ min: 0, max: 120, noNaN: true }),
  early_stopping: fc.constantFrom(true, false, 'never'),
  no_repeat_ngram_size: fc.nat(10),
  stream: fc.boolean(),
  stream_options: fc.constantFrom({ include_usage: true }, {}, { include_usage: null }),
  logprobs: fc.constantFrom<unknown>(true, false, 0, 1),
  echo: fc.boolean(),
  presence_penalty: fc.constantFrom(0, 1),
  user: text,
  tools: fc.constantFrom([], [{ type: 'function' }]),
  metadata: fc.dictionary(text, text, { maxKeys: 2 }),
  model: fc.constantFrom('tandem-mini', 'someone/tandem-mini', 'http://x', 'gpt-5'),
};
const fields = fc
  .tuple(
    fc.subarray(Object.keys(wishes) as (keyof typeof wishes)[], { maxLength: 4 }),
    fc.array(
      fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(wishes), 'constructor', '__proto__'), text), anything),
      {
        maxLength: 1,
      },
    ),
  )
  .chain(([names, strange]) =>
    fc
      .record(Object.fromEntries(names.map((name) => [name, mostly<unknown>(wishes[name])])))
      .map((right) => ({ ...right, ...Object.fromEntries(strange) })),
  );
/** An object with something added that may not belong there. */
const withFields = (object: fc.Arbitrary<object>) =>
  fc.oneof(
    { weight: 1, arbitrary: object },
    { weight: 2, arbitrary: fc.tuple(object, fields).map(([all, more]) => ({ ...all, ...more })) },
  );

const part = fc.record({ type: mostly(fc.constant('text')), text: mostly(text) });
const content = mostly(fc.oneof(text, fc.array(part, { maxLength: 3 })));
const message = fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content });
const messages = fc.array(message, { maxLength: 4 }).map((all) => [...all, { role: 'user', content: 'hi' }]);
const persona = fc.oneof(text, fc.array(mostly(text), { maxLength: 12 }), fc.constant(null));
const texts = fc.array(text, { maxLength: 3 });
const conversation = fc.record(
  { text, past_user_inputs: mostly(texts), generated_responses: mostly(texts) },
  { requiredKeys: ['text'] },
);

/** Ten thousand in all. What sessions keep is written for real, which takes longer. */
const requests: Record<string, { body: fc.Arbitrary<object>; count: number }> = {
  createChatCompletion: { body: withFields(fc.record({ messages: mostly(messages) })), count: 3_000 },
  createCompletion: {
    body: withFields(
      fc.record({ prompt: mostly(fc.oneof(text, texts, ids, fc.array(ids, { maxLength: 3 }))) }),
    ),
    count: 2_000,
  },
  tokenize: { body: fc.oneof(fc.record({ prompt: mostly(text) }), fc.record({ messages })), count: 1_500 },
  detokenize: { body: fc.record({ tokens: mostly(ids) }), count: 1_000 },
  runInference: {
    body: fc.record({
      inputs: mostly(fc.oneof(text, texts, conversation)),
      parameters: fc.oneof(fc.constant(null), mostly(fields)),
    }),
    count: 1_500,
  },
  createSession: {
    body: fc.record({
      persona: mostly(persona),
      metadata: mostly(fc.dictionary(fc.oneof(text, fc.constant('__proto__')), text, { maxKeys: 2 })),
    }),
    count: 500,
  },
  createMessage: { body: withFields(fc.record({ content: mostly(text) })), count: 500 },
};

/** A backend that does as it is told: a sequence for every beam or sample. */
const obedient: BackendFetch = async (_, init) => {
  const request = JSON.parse(init.body as string);
  const width = Math.max(tensor(request, 'num_beams')[0]!, tensor(request, 'num_return_sequences')[0]!);
  return Response.json(inferenceAnswer(new Array(width).fill([5, 300, 301, 2])));
};

/** JSON, whole or broken somewhere. */
function written(body: fc.Arbitrary<object>): fc.Arbitrary<string> {
  const whole = body.map((value) => JSON.stringify(value));
  const broken = fc
    .tuple(whole, fc.nat(), fc.constantFrom('', '"', '}', ',', '\\', '{"a":1,"a":2}', '[[[', '\ud800'))
    .map(([json, at, with_]) => json.slice(0, at % json.length) + with_ + json.slice((at % json.length) + 1));
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: broken },
    {
      weight: 1,
      arbitrary: fc.oneof(
        anything.map((value) => JSON.stringify(value)),
        text,
      ),
    },
  );
}

/** Every status that the description of an operation knows. */
function describedStatuses({ answers, errors }: Operation): number[] {
  return [...answers.map(({ status }) => status), ...errors.map((code) => ERRORS[code].status)];
}

describe('a request of any kind', () => {
  it.each(Object.entries(requests))(
    'is answered or refused by %s as it is described',
    async (id, { body, count }) => {
      const operation = OPERATIONS.find((each) => each.id === id)!;
      const statuses = describedStatuses(operation).filter((status) => status < 500);
      const unlimited = { limit: async () => ({ success: true }) };
      const app = testApp({ backend: obedient, dependencies: { rateLimiter: unlimited } });
      const session = await json(app.request('POST', '/v1/sessions'));
      const path = operation.path.replace('{id}', id === 'runInference' ? 'tandem-mini' : session.id);

      const seen = { answered: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(written(body), async (sent) => {
          const response = await app.request('POST', path, { body: sent });
          expect(statuses).toContain(response.status);
          seen[response.ok ? 'answered' : 'refused'] += 1;
          await expectWellFormed(response, operation);
        }),
        { numRuns: count, interruptAfterTimeLimit: 60_000 },
      );
      expect(seen.answered).toBeGreaterThan(50);
      expect(seen.refused).toBeGreaterThan(50);
    },
    90_000,
  );
});

/** Text without half surrogate pairs, in the form that is described. */
async function expectWellFormed(response: Response, { answers }: Operation): Promise<void> {
  const text = await response.clone().text();
  // JSON.stringify writes half a surrogate pair as an escape. An escaped backslash before "ud800" is text.
  expect(text).not.toMatch(/(?<!\\)(\\\\)*\\ud[89a-f]/i);
  const schema = answers.find(({ status }) => status === response.status)?.schema;
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) await events(response);
  else if (schema !== undefined) expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
  else expect(JSON.parse(text).error).toBeTruthy();
}
