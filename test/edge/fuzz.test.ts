import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackendFetch, inferenceAnswer, json, tensor, testApp } from './test-app.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, true, 0, -1, 1, 2, 0.5, 1e308, '', ' ', [], {}, 'never', '__proto__'),
);
/** Mostly right, so that what is wrong gets deep. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 19, arbitrary: right }, { weight: 1, arbitrary: anything });

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
  'tool_calls',
  'response_format',
  'modalities',
  'logit_bias',
  'constructor',
  'toString',
  '__proto__',
];
const fields = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), anything), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries));
/** An object with something added that may not belong there. */
const withFields = (object: fc.Arbitrary<object>) =>
  fc.oneof(
    { weight: 2, arbitrary: object },
    fc.tuple(object, fields).map(([all, more]) => ({ ...all, ...more })),
  );

const part = fc.record({ type: mostly(fc.constant('text')), text: mostly(text) });
const content = mostly(fc.oneof(text, fc.array(withFields(part), { maxLength: 3 })));
const message = withFields(fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content }));
const messages = fc.array(message, { maxLength: 4 }).map((all) => [...all, { role: 'user', content: 'hi' }]);
const persona = fc.oneof(text, fc.array(mostly(text), { maxLength: 12 }), fc.constant(null));

const bodies = {
  '/v1/chat/completions': withFields(fc.record({ messages: mostly(messages) })),
  '/v1/sessions': withFields(fc.record({ persona: mostly(persona) })),
  '/v1/sessions/:id/messages': withFields(fc.record({ content: mostly(text) })),
};

/** A backend that does as it is told: a sequence for every beam. */
const obedient: BackendFetch = async (_, init) => {
  const [beams] = tensor(JSON.parse(init.body as string), 'num_beams');
  return Response.json(inferenceAnswer(new Array(beams!).fill([5, 2])));
};

describe('a body of any kind', () => {
  it.each(Object.entries(bodies))(
    'gets no 5xx from %s, and both answers and refusals',
    async (route, right) => {
      const { id } = await json(testApp().request('POST', '/v1/sessions'));
      const path = route.replace(':id', id);
      const body = fc.oneof(
        { weight: 8, arbitrary: right.map((value) => JSON.stringify(value)) },
        anything.map((value) => JSON.stringify(value)),
        text,
      );
      const classes = { '2xx': 0, '4xx': 0 };
      await fc.assert(
        fc.asyncProperty(body, async (sent) => {
          const { status } = await testApp({ backend: obedient }).request('POST', path, { body: sent });
          expect(status).toBeLessThan(500);
          classes[status < 300 ? '2xx' : '4xx'] += 1;
        }),
        { numRuns: 200 },
      );
      expect(classes['2xx']).toBeGreaterThan(20);
      expect(classes['4xx']).toBeGreaterThan(20);
    },
  );
});
