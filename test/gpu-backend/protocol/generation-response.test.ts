import { describe, expect, it } from 'vitest';
import type { OutputName } from '../../../gpu-backend/protocol/generation-request.ts';
import { buildInferenceResponse } from '../../../gpu-backend/protocol/generation-response.ts';

const named = (...names: OutputName[]) => names.map((name) => ({ name, isBinary: false }));
const MODEL = { name: 'tiny', version: '1', padToken: 0 };
const GENERATED = [
  {
    sequences: [
      [5, 6, 2],
      [7, 2],
    ],
    scores: [-1, -2],
  },
  { sequences: [[8, 9, 10, 2], []], scores: [-3, -4] },
];

describe('buildInferenceResponse', () => {
  it('pads every sequence to the longest of the request', () => {
    const outputs = named('sequences', 'lengths', 'scores');
    expect(buildInferenceResponse({ id: 'x', outputs }, GENERATED, MODEL)).toEqual({
      id: 'x',
      model_name: 'tiny',
      model_version: '1',
      outputs: [
        {
          name: 'sequences',
          datatype: 'INT64',
          shape: [2, 2, 4],
          data: [5, 6, 2, 0, 7, 2, 0, 0, 8, 9, 10, 2, 0, 0, 0, 0],
        },
        { name: 'lengths', datatype: 'INT64', shape: [2, 2], data: [3, 2, 4, 0] },
        { name: 'scores', datatype: 'FP32', shape: [2, 2], data: [-1, -2, -3, -4] },
      ],
    });
  });

  it('pads log-probabilities, and has zeros for a row that did not ask', () => {
    const generated = [
      { sequences: [[5, 2]], scores: [0], logprobs: [[-1, -2]] },
      { sequences: [[6, 7, 2]], scores: [0] },
    ];
    const { outputs } = buildInferenceResponse({ id: 'x', outputs: named('logprobs') }, generated, MODEL);
    expect(outputs).toEqual([
      { name: 'logprobs', datatype: 'FP32', shape: [2, 1, 3], data: [-1, -2, 0, 0, 0, 0] },
    ]);
  });

  it('holds only the outputs asked for, and no id where there was none', () => {
    const response = buildInferenceResponse({ id: undefined, outputs: named('lengths') }, GENERATED, MODEL);
    expect(response.outputs.map(({ name }) => name)).toEqual(['lengths']);
    expect(response).not.toHaveProperty('id');
  });
});
