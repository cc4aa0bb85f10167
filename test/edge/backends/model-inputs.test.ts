import { describe, expect, it } from 'vitest';
import {
  fitTensors,
  type ModelInput,
  readModelInputs,
  whyUnfit,
} from '../../../edge/backends/model-inputs.ts';
import { modelConfig } from '../../../edge/tokenizer/model.ts';
import { batchTensors } from '../../../shared/generation-batch.ts';
import type { GenerationParameters } from '../../../shared/generation-parameters.ts';
import { GENERATION_INPUTS } from '../../../shared/generation-tensors.ts';
import { uniformNumbers } from '../../../shared/uniform-numbers.ts';

/** What a graph says that was compiled while parameters were [batch]. */
const AS_BATCH: ModelInput[] = GENERATION_INPUTS.map((input) =>
  input.shape[1] === 1 ? { ...input, shape: [-1] } : input,
);
const without = (...names: string[]) => GENERATION_INPUTS.filter(({ name }) => !names.includes(name));

function tensors(change: Partial<GenerationParameters> = {}) {
  const parameters = { ...modelConfig.recommendedGeneration, ...change };
  return batchTensors([{ inputIds: [5, 2], parameters, uniforms: uniformNumbers(parameters) }], 0);
}

describe("a model's inputs", () => {
  it('are read from its metadata, sizes as texts too', () => {
    const inputs = [{ name: 'top_k', datatype: 'INT64', shape: ['-1', '1'] }];
    expect(readModelInputs({ name: 'bot', inputs })).toEqual([
      { name: 'top_k', datatype: 'INT64', shape: [-1, 1] },
    ]);
  });

  it.each([
    null,
    'text',
    {},
    { inputs: 'many' },
    { inputs: [{ name: 'a' }] },
    { inputs: Array(101).fill({}) },
  ])('are not known from %j', (metadata) => expect(readModelInputs(metadata)).toBe(null));

  it.each<[string, ModelInput[], string | undefined]>([
    ["are today's", GENERATION_INPUTS, undefined],
    ['have parameters as [batch]', AS_BATCH, undefined],
    ['lack what can be left out', without('top_k', 'bad_words_ids', 'uniforms'), undefined],
    ['have more', [...GENERATION_INPUTS, { name: 'typical_p', datatype: 'FP32', shape: [-1, 1] }], undefined],
    ['lack what every request needs', without('max_length'), 'has no input "max_length"'],
    [
      'have another type',
      AS_BATCH.map((input) => (input.name === 'top_k' ? { ...input, datatype: 'INT32' } : input)),
      'has the input "top_k" as INT32 [-1], not INT64 [-1,1]',
    ],
    [
      'have other dimensions',
      AS_BATCH.map((input) => (input.name === 'input_ids' ? { ...input, shape: [-1] } : input)),
      'has the input "input_ids" as INT64 [-1], not INT64 [-1,-1]',
    ],
  ])('that %s fit, or are told why not', (_, inputs, why) => expect(whyUnfit(inputs)).toBe(why));
});

describe("a request's tensors", () => {
  it("are sent as they are to today's model", () => {
    expect(fitTensors(tensors(), GENERATION_INPUTS)).toEqual(tensors());
  });

  it('have their parameters as [batch] for a model that has them so, and the same numbers', () => {
    const fitted = fitTensors(tensors(), AS_BATCH);
    expect(fitted.map(({ data }) => data)).toEqual(tensors().map(({ data }) => data));
    for (const { name, shape } of fitted)
      expect(shape.length, name).toBe(AS_BATCH.find((input) => input.name === name)!.shape.length);
  });

  it('go without what a model lacks and what changes nothing', () => {
    const inputs = without('top_k', 'min_p', 'stop_sequences', 'uniforms', 'output_logprobs');
    const fitted = fitTensors(tensors({ top_k: 0, min_p: 0, do_sample: false, num_beams: 4 }), inputs);
    expect(fitted.map(({ name }) => name)).toEqual(inputs.map(({ name }) => name));
  });

  it.each<[Partial<GenerationParameters>, string]>([
    [{ top_k: 40 }, 'top_k'],
    [{ output_logprobs: true }, 'output_logprobs'],
    [{ bad_words_ids: [[7]] }, 'bad_words_ids'],
    [{ logit_bias: { 7: 1 } }, 'logit_bias_ids'],
  ])('with %j are refused for a model that lacks %s', (change, name) => {
    expect(() => fitTensors(tensors(change), without(name))).toThrow(
      expect.objectContaining({ reason: 'outdated', message: `Its model has no input "${name}".` }),
    );
  });

  it('are refused for a model that none fits', () => {
    expect(() => fitTensors(tensors(), without('num_beams'))).toThrow(
      expect.objectContaining({ reason: 'misconfigured' }),
    );
  });
});
