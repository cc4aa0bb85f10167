import { describe, expect, it } from 'vitest';
import { batchTensors } from '../../shared/generation-batch.ts';
import { TRANSFORMERS_DEFAULTS } from '../../shared/generation-parameters.ts';
import { GENERATION_INPUTS } from '../../shared/generation-tensors.ts';

const rowOf = (values: Partial<typeof TRANSFORMERS_DEFAULTS>, uniforms?: number[][]) => ({
  inputIds: [5, 2],
  parameters: { ...TRANSFORMERS_DEFAULTS, ...values },
  ...(uniforms && { uniforms }),
});

describe('batchTensors', () => {
  it('makes every input of the graph, in its order', () => {
    const names = batchTensors([rowOf({})], 0).map(({ name }) => name);
    expect(names).toEqual(GENERATION_INPUTS.map(({ name }) => name));
  });

  it('pads the lists of each row to the longest', () => {
    const tensors = batchTensors(
      [
        rowOf({ logit_bias: { 7: 1.5 }, stop_sequences: [[5], [6, 7]] }),
        rowOf({ do_sample: true, max_length: 3, bad_words_ids: [[8]] }, [[0.5, 0.25]]),
      ],
      0,
    );
    const named = (wanted: string) => tensors.find(({ name }) => name === wanted);
    expect(named('logit_bias_ids')).toMatchObject({ shape: [2, 1], data: [7, -1] });
    expect(named('logit_bias_values')).toMatchObject({ shape: [2, 1], data: [1.5, 0] });
    expect(named('bad_words_ids')).toMatchObject({ shape: [2, 1, 1], data: [-1, 8] });
    expect(named('stop_sequences')).toMatchObject({ shape: [2, 2, 2], data: [5, -1, 6, 7, -1, -1, -1, -1] });
    expect(named('uniforms')).toMatchObject({ shape: [2, 1, 2], data: [0, 0, 0.5, 0.25] });
  });

  it('has nothing where no row needs it', () => {
    const tensors = batchTensors([rowOf({ num_beams: 3 }), rowOf({ num_beams: 3 })], 0);
    const shapes = Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      logit_bias_ids: [2, 0],
      bad_words_ids: [2, 0, 0],
      stop_sequences: [2, 0, 0],
      uniforms: [2, 3, 0],
    });
  });

  it('calls a row that draws without random numbers a bug', () => {
    expect(() => batchTensors([rowOf({ do_sample: true })], 0)).toThrow('This is a bug.');
  });
});
