import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../gpu-backend/protocol/backend-error.ts';
import { readGenerationRequest } from '../../../gpu-backend/protocol/generation-request.ts';
import { readEnvelope } from '../../../gpu-backend/protocol/request-envelope.ts';
import { inputIds, LIMITS, MODEL, requestOf, tensor } from './inference-requests.ts';

const read = (json: unknown) => readGenerationRequest(readEnvelope({ json }), MODEL, LIMITS);
const inJson = (...names: string[]) => names.map((name) => ({ name, isBinary: false }));

function refusal(body: unknown): string {
  try {
    read(body);
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    expect((error as BackendError).status).toBe(400);
    return (error as BackendError).message;
  }
  throw new Error('The request was accepted.');
}

describe('readGenerationRequest', () => {
  it('completes what the request leaves out from the recommended generation', () => {
    expect(read(requestOf([inputIds()]))).toEqual({
      id: undefined,
      rows: [
        {
          inputIds: [5, 6, 2],
          parameters: { ...MODEL.recommendedGeneration, num_return_sequences: 1 },
          uniforms: [[], [], [], []],
        },
      ],
      outputs: inJson('sequences', 'lengths', 'scores'),
      priority: undefined,
      tenant: undefined,
      timeoutMs: undefined,
    });
  });

  it('reads id, outputs in the order asked for, the timeout in microseconds, priority and tenant', () => {
    const body = requestOf([inputIds()], {
      id: 'x',
      outputs: [{ name: 'scores' }, { name: 'sequences' }],
      parameters: { timeout: 1500, priority: 2, tenant: 'anna' },
    });
    expect(read(body)).toMatchObject({
      id: 'x',
      outputs: inJson('scores', 'sequences'),
      timeoutMs: 1.5,
      priority: 2,
      tenant: 'anna',
    });
  });

  it('takes a priority of 0 for none', () => {
    expect(read(requestOf([ids], { parameters: { priority: 0 } })).priority).toBeUndefined();
  });

  it('cuts the padding off where the attention mask says so', () => {
    const ids = tensor('input_ids', [5, 2, 0, 7, 8, 2], [2, 3]);
    const mask = tensor('attention_mask', [1, 1, 0, 1, 1, 1], [2, 3]);
    expect(read(requestOf([mask, ids])).rows.map((row) => row.inputIds)).toEqual([
      [5, 2],
      [7, 8, 2],
    ]);
  });

  it('reads data nested like the shape', () => {
    const ids = tensor(
      'input_ids',
      [
        [5, 2],
        [6, 2],
      ],
      [2, 2],
    );
    const beams = tensor('num_beams', [[3], [3]], [2, 1]);
    expect(read(requestOf([ids, beams])).rows).toMatchObject([
      { inputIds: [5, 2], parameters: { num_beams: 3 } },
      { inputIds: [6, 2], parameters: { num_beams: 3 } },
    ]);
  });

  it('gives each row its own parameters, the numbers that stand for other values turned back', () => {
    const inputs = [
      inputIds([
        [5, 2],
        [6, 2],
      ]),
      tensor('max_length', [8, 16]),
      tensor('early_stopping', [1, 2]),
      tensor('forced_eos_token_id', [-1, 9]),
      tensor('length_penalty', [0.65, 2], [2, 1], 'FP32'),
    ];
    const [first, second] = read(requestOf(inputs)).rows;
    expect(first!.parameters).toMatchObject({
      max_length: 8,
      early_stopping: true,
      forced_eos_token_id: null,
    });
    expect(second!.parameters).toMatchObject({
      max_length: 16,
      early_stopping: 'never',
      forced_eos_token_id: 9,
    });
    expect(first!.parameters.length_penalty).toBe(Math.fround(0.65));
  });

  it('reads the lists of each row without their padding, and what each draws with', () => {
    const inputs = [
      twoRows,
      tensor('num_beams', [1, 1]),
      tensor('do_sample', [1, 0]),
      tensor('max_length', [3, 3]),
      tensor('logit_bias_ids', [7, 8, 9, -1], [2, 2]),
      tensor('logit_bias_values', [1, -2, 0.5, 0], [2, 2], 'FP32'),
      tensor('bad_words_ids', [5, -1, 6, 7, -1, -1, -1, -1], [2, 2, 2]),
      tensor('stop_sequences', [], [2, 0, 0]),
      tensor('uniforms', [0.25, 0.5, 0, 0], [2, 1, 2], 'FP32'),
    ];
    expect(read(requestOf(inputs)).rows).toMatchObject([
      {
        parameters: { logit_bias: { 7: 1, 8: -2 }, bad_words_ids: [[5], [6, 7]], stop_sequences: [] },
        uniforms: [[0.25, 0.5]],
      },
      { parameters: { logit_bias: { 9: 0.5 }, bad_words_ids: [], stop_sequences: [] }, uniforms: [[]] },
    ]);
  });

  it('makes random numbers where a row draws and the request brings none', () => {
    const [row] = read(requestOf([ids, ...SAMPLING, tensor('num_return_sequences', [3])])).rows;
    expect(row!.uniforms!.map((numbers) => numbers.length)).toEqual([11, 11, 11]);
    expect(new Set(row!.uniforms!.flat()).size).toBeGreaterThan(25);
  });

  it('answers log-probabilities where a row asks for them', () => {
    const { outputs } = read(requestOf([ids, tensor('output_logprobs', [1])]));
    expect(outputs).toEqual(inJson('sequences', 'lengths', 'scores', 'logprobs'));
  });

  it("lowers the recommended number of beams to the server's limit", () => {
    const envelope = readEnvelope({ json: requestOf([inputIds()]) });
    const { rows } = readGenerationRequest(envelope, MODEL, { ...LIMITS, maxNumBeams: 2 });
    expect(rows[0]!.parameters.num_beams).toBe(2);
  });

  it.each<[string, object, boolean[]]>([
    ['all of them', { parameters: { binary_data_output: true } }, [true, true, true]],
    [
      'those that say so',
      { outputs: [{ name: 'scores', parameters: { binary_data: true } }, { name: 'lengths' }] },
      [true, false],
    ],
    [
      'all but those that say otherwise',
      {
        parameters: { binary_data_output: true },
        outputs: [{ name: 'scores', parameters: { binary_data: false } }, { name: 'lengths' }],
      },
      [false, true],
    ],
  ])('answers in binary %s', (_, rest, expected) => {
    const { outputs } = read({ inputs: [ids], ...rest });
    expect(outputs.map(({ isBinary }) => isBinary)).toEqual(expected);
  });
});

const ids = inputIds();
const twoRows = inputIds([
  [5, 2],
  [6, 2],
]);

const SAMPLING = [tensor('do_sample', [1]), tensor('num_beams', [1])];
const bias = (tokens: number[], values: number[]) => [
  tensor('logit_bias_ids', tokens, [1, tokens.length]),
  tensor('logit_bias_values', values, [1, values.length], 'FP32'),
];

describe('readGenerationRequest refuses with a sentence', () => {
  it.each<[string, unknown, string]>([
    ['a body that is no object', 7, 'The body: Invalid input: expected object, received number.'],
    ['no inputs', {}, 'inputs: Invalid input: expected array, received undefined.'],
    [
      'a tensor without data',
      { inputs: [{ ...ids, data: 7 }] },
      'inputs[0].data: Invalid input: expected array.',
    ],
    ['a tensor without shape', { inputs: [{ ...ids, shape: undefined }] }, 'inputs[0].shape: '],
    ['a shape that is not whole', { inputs: [{ ...ids, shape: [1.5, 2] }] }, 'inputs[0].shape[0]: '],
    ['a timeout of nothing', { inputs: [ids], parameters: { timeout: 0 } }, 'parameters.timeout: '],
    [
      'a generation parameter that is no tensor',
      { inputs: [ids], parameters: { num_beams: 4 } },
      'parameters: Unknown parameter "num_beams"; generation parameters are input tensors.',
    ],
    [
      'a parameter of a tensor',
      { inputs: [{ ...ids, parameters: { shared_memory_region: 'r' } }] },
      'inputs[0].parameters: Unknown parameter "shared_memory_region"; generation parameters are input tensors.',
    ],
    [
      'a parameter of an output',
      { inputs: [ids], outputs: [{ name: 'scores', parameters: { classification: 3 } }] },
      'outputs[0].parameters: Unknown parameter "classification"; generation parameters are input tensors.',
    ],
    ['a tensor of no data', { inputs: [{ ...ids, data: undefined }] }, 'Input "input_ids" has no data.'],
    ['a priority below 0', { inputs: [ids], parameters: { priority: -1 } }, 'parameters.priority: '],
    ['a tenant too long', { inputs: [ids], parameters: { tenant: 'x'.repeat(129) } }, 'parameters.tenant: '],
    [
      'an unknown input',
      requestOf([ids, tensor('typical_p', [1])]),
      'Unknown input "typical_p". Known: input_ids, ',
    ],
    ['an input twice', requestOf([ids, ids]), 'Input "input_ids" is there twice.'],
    ['no token ids', requestOf([tensor('num_beams', [4])]), 'Input "input_ids" is missing.'],
    [
      'another datatype',
      requestOf([{ ...ids, datatype: 'INT32' }]),
      'datatype "INT32"; the model takes INT64.',
    ],
    ['another rank', requestOf([tensor('input_ids', [5, 2])]), 'shape [2]; the model takes [-1, -1].'],
    [
      'a thousand dimensions',
      requestOf([tensor('input_ids', [5], Array(1000).fill(1))]),
      'inputs[0].shape has 1000 elements; 8 are the most it can have.',
    ],
    [
      'more data than the shape',
      requestOf([tensor('input_ids', [5, 6, 2], [1, 2])]),
      'so 2 values, but its data holds 3.',
    ],
    [
      'data nested unlike the shape',
      requestOf([tensor('input_ids', [[5], [6, 2]], [2, 2])]),
      'nested unlike its shape [2, 2].',
    ],
    [
      'data nested too deep',
      requestOf([tensor('input_ids', [[[5], [2]]], [1, 2])]),
      'value 0: an array is no number.',
    ],
    ['a fraction', requestOf([tensor('input_ids', [5, 2.5], [1, 2])]), 'value 1: 2.5 is no whole number.'],
    [
      'a number that JSON rounds',
      requestOf([tensor('input_ids', [2 ** 53], [1, 1])]),
      'taken up to 2^53 - 1, as far as JSON keeps them exact.',
    ],
    [
      'an infinite number',
      requestOf([tensor('input_ids', [Infinity], [1, 1])]),
      'value 0: Infinity is no whole number.',
    ],
    [
      'a string',
      requestOf([tensor('input_ids', ['5'], [1, 1])]),
      'value 0: a value of type string is no number.',
    ],
    ['null', requestOf([tensor('input_ids', [null], [1, 1])]), 'value 0: null is no number.'],
    [
      'a token id too large',
      requestOf([inputIds([[5, 100]])]),
      'value 1: 100 is no token id of the model; ids go from 0 to 99.',
    ],
    ['a token id below 0', requestOf([inputIds([[-1, 2]])]), 'value 0: -1 is no token id'],
    ['an empty batch', requestOf([tensor('input_ids', [], [0, 3])]), 'Input "input_ids" has no rows.'],
    ['empty rows', requestOf([tensor('input_ids', [], [2, 0])]), 'row 0 is empty.'],
    [
      'a row that is masked away',
      requestOf([ids, tensor('attention_mask', [0, 0, 0], [1, 3])]),
      'row 0 is empty.',
    ],
    [
      'too many rows',
      requestOf([inputIds(Array(5).fill([5, 2]))]),
      'The request has 5 rows; max_batch_size is 4.',
    ],
    [
      'a row too long',
      requestOf([inputIds([Array(17).fill(5)])]),
      'has rows of 17 tokens; the model reads at most 16.',
    ],
    ['a mask of another shape', requestOf([ids, tensor('attention_mask', [1, 1], [1, 2])]), 'takes [1, 3].'],
    [
      'a mask of other numbers',
      requestOf([ids, tensor('attention_mask', [1, 2, 0], [1, 3])]),
      'a value other than 0 and 1.',
    ],
    [
      'padding on the left',
      requestOf([ids, tensor('attention_mask', [0, 1, 1], [1, 3])]),
      'padded on the right.',
    ],
    ['too few parameters', requestOf([twoRows, tensor('num_beams', [4])]), 'shape [1]; the model takes [2].'],
    [
      'no beams',
      requestOf([ids, tensor('num_beams', [0])]),
      'Input "num_beams", row 0: num_beams: Too small',
    ],
    [
      'more beams than the server allows',
      requestOf([ids, tensor('num_beams', [9])]),
      '9 beams are more than',
    ],
    [
      'beams that differ',
      requestOf([twoRows, tensor('num_beams', [4, 1])]),
      'which is the larger of "num_beams" and "num_return_sequences"; they have 4 and 1.',
    ],
    [
      'a reply too long',
      requestOf([ids, tensor('max_length', [17])]),
      "max_length (17) is more than the model's 16 positions.",
    ],
    [
      'an early stopping that is none',
      requestOf([ids, tensor('early_stopping', [3])]),
      'row 0: early_stopping: ',
    ],
    [
      'a forced token that is none',
      requestOf([ids, tensor('forced_eos_token_id', [100])]),
      '100 is no token id',
    ],
    ['a penalty of zero', requestOf([ids, tensor('repetition_penalty', [1e-60], [1], 'FP32')]), 'Too small'],
    [
      'a penalty beyond FP32',
      requestOf([ids, tensor('length_penalty', [1e39], [1], 'FP32')]),
      'too large for FP32.',
    ],
    [
      'a minimum above the maximum',
      requestOf([ids, tensor('min_length', [13])]),
      'min_length (13) is more than max_length (12).',
    ],
    ['a flag that is none', requestOf([ids, tensor('do_sample', [2])]), 'row 0: do_sample: '],
    [
      'sampling with beams',
      requestOf([ids, tensor('do_sample', [1])]),
      'Input "do_sample", row 0: do_sample with num_beams (4) needs a beam_delay',
    ],
    [
      'a delay without sampling',
      requestOf([ids, tensor('beam_delay', [2])]),
      'Input "beam_delay", row 0: beam_delay (2) draws the first tokens',
    ],
    [
      'more samples than the server allows',
      requestOf([ids, ...SAMPLING, tensor('num_return_sequences', [9])]),
      '9 samples are more than',
    ],
    [
      'samples without sampling',
      requestOf([ids, tensor('num_return_sequences', [5])]),
      'num_return_sequences (5) cannot exceed num_beams (4)',
    ],
    [
      'rows of different widths',
      requestOf([
        twoRows,
        tensor('num_beams', [1, 1]),
        tensor('do_sample', [1, 1]),
        tensor('num_return_sequences', [2, 3]),
      ]),
      'they have 2 and 3.',
    ],
    [
      'a temperature of zero',
      requestOf([ids, tensor('temperature', [0], [1], 'FP32')]),
      'row 0: temperature: Too small',
    ],
    ['a top_p above one', requestOf([ids, tensor('top_p', [1.5], [1], 'FP32')]), 'row 0: top_p: Too big'],
    ['a top_k below zero', requestOf([ids, tensor('top_k', [-1])]), 'row 0: top_k: Too small'],
    [
      'half of the biases',
      requestOf([ids, tensor('logit_bias_ids', [5], [1, 1])]),
      'Input "logit_bias_values" is missing',
    ],
    [
      'biases that do not fit their tokens',
      requestOf([ids, ...bias([5], [1, 2])]),
      'has shape [1, 2]; the model takes [1, 1].',
    ],
    [
      'a bias for a token that is none',
      requestOf([ids, ...bias([100], [1])]),
      'logit_bias: 100 is no token id of the model',
    ],
    ['a token biased twice', requestOf([ids, ...bias([5, 5], [1, 2])]), 'row 0 holds the token 5 twice.'],
    ['a bias without bounds', requestOf([ids, ...bias([5], [5000])]), 'row 0: logit_bias.5: Too big'],
    [
      'a banned token that is none',
      requestOf([ids, tensor('bad_words_ids', [5, 100], [1, 1, 2])]),
      'bad_words_ids: 100 is no token id',
    ],
    [
      'a hole in a sequence',
      requestOf([ids, tensor('stop_sequences', [5, -1, 6], [1, 1, 3])]),
      'Input "stop_sequences", row 0: 6 where',
    ],
    [
      'a token below -1',
      requestOf([ids, tensor('stop_sequences', [-2], [1, 1, 1])]),
      'row 0: -2 where there can be token ids',
    ],
    [
      'random numbers for too few steps',
      requestOf([ids, ...SAMPLING, tensor('uniforms', Array(10).fill(0.5), [1, 1, 10], 'FP32')]),
      'row 0 has numbers for 10 steps; the row draws up to 11.',
    ],
    [
      'random numbers for too many steps',
      requestOf([ids, ...SAMPLING, tensor('uniforms', Array(12).fill(0.5), [1, 1, 12], 'FP32')]),
      'for 12 steps; the rows take at most 11.',
    ],
    [
      'a random number of one',
      requestOf([ids, ...SAMPLING, tensor('uniforms', [...Array(10).fill(0.5), 1], [1, 1, 11], 'FP32')]),
      'value 10: 1 is not in [0, 1).',
    ],
    [
      'random numbers of another width',
      requestOf([ids, tensor('uniforms', [], [1, 3, 0], 'FP32')]),
      'has shape [1, 3, 0]; the model takes [1, 4, -1].',
    ],
    [
      'log-probabilities that no row asked for',
      requestOf([ids], { outputs: [{ name: 'logprobs' }] }),
      'Output "logprobs" needs the input "output_logprobs"',
    ],
    [
      'an unknown output',
      requestOf([ids], { outputs: [{ name: 'logits' }] }),
      'Unknown output "logits". Known: ',
    ],
    [
      'an output twice',
      requestOf([ids], { outputs: [{ name: 'scores' }, { name: 'scores' }] }),
      'asked for twice.',
    ],
  ])('%s', (_, body, sentence) => {
    const message = refusal(body);
    expect(message).toContain(sentence);
    expect(message).toMatch(/^[^\n]{1,500}\.$/);
  });

  it.each<[string, (list: unknown[]) => unknown, string]>([
    ['inputs', (list) => ({ inputs: list }), 'inputs has 100000 elements; 24 are the most it can have.'],
    ['outputs', (list) => ({ inputs: [ids], outputs: list }), 'outputs has 100000 elements; 4 are the most'],
    ['dimensions', (list) => ({ inputs: [{ ...ids, shape: list }] }), 'inputs[0].shape has 100000 elements'],
    ['rows', (list) => requestOf([tensor('input_ids', list, [100_000, 1])]), 'The request has 100000 rows'],
    ['tokens', (list) => requestOf([tensor('input_ids', list, [1, 100_000])]), 'rows of 100000 tokens'],
    [
      'mask values',
      (list) => requestOf([ids, tensor('attention_mask', list, [1, 100_000])]),
      'takes [1, 3].',
    ],
    ['parameters', (list) => requestOf([ids, tensor('num_beams', list)]), 'takes [1].'],
    [
      'banned sequences',
      (list) => requestOf([ids, tensor('bad_words_ids', list, [1, 100_000, 1])]),
      '"bad_words_ids" has 100000 entries a row; 1000 are the most.',
    ],
    [
      'tokens of a stop sequence',
      (list) => requestOf([ids, tensor('stop_sequences', list, [1, 1, 100_000])]),
      'has sequences of 100000 tokens; 32 are the most.',
    ],
    [
      'biases',
      (list) =>
        requestOf([
          ids,
          tensor('logit_bias_ids', list, [1, 100_000]),
          tensor('logit_bias_values', list, [1, 100_000], 'FP32'),
        ]),
      '"logit_bias_ids" has 100000 entries a row',
    ],
    [
      'random numbers',
      (list) => requestOf([ids, tensor('uniforms', list, [1, 4, 25_000], 'FP32')]),
      'for 25000 steps; the rows take at most 11.',
    ],
  ])('too many %s, without a look at them', (_, bodyWith, sentence) => {
    expect(refusal(bodyWith(untouchable(100_000)))).toContain(sentence);
  });

  const MILLION = 1_000_000;
  it.each<[string, string]>([
    ['inputs that are objects', `{"inputs":[${'{},'.repeat(MILLION)}{}]}`],
    ['inputs that are numbers', `{"inputs":[${'0,'.repeat(MILLION)}0]}`],
    ['outputs', `{"inputs":[],"outputs":[${'{},'.repeat(MILLION)}{}]}`],
    [
      'dimensions',
      `{"inputs":[{"name":"x","datatype":"INT64","shape":[${'"",'.repeat(MILLION)}1],"data":[]}]}`,
    ],
    ['token ids', JSON.stringify(requestOf([tensor('input_ids', Array(MILLION).fill(5), [1, 3])]))],
    [
      'nested ids',
      `{"inputs":[{"name":"input_ids","datatype":"INT64","shape":[1,3],"data":[${'[],'.repeat(MILLION)}5]}]}`,
    ],
    [
      'tensor parameters',
      `{"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[],"parameters":{${manyKeys(200_000)}}}]}`,
    ],
    ['request parameters', `{"inputs":[],"parameters":{${manyKeys(200_000)}}}`],
    ['unknown fields', `{"inputs":[],${manyKeys(200_000)}}`],
  ])('hundreds of thousands of %s, in a time like that of parsing them', (_, text) => {
    const startedAtMs = performance.now();
    const body = JSON.parse(text);
    const parsedAtMs = performance.now();
    refusal(body);
    expect(performance.now() - parsedAtMs).toBeLessThan(20 * (parsedAtMs - startedAtMs));
  });

  it('a name of a million letters, in one short line', () => {
    expect(refusal(requestOf([tensor('x'.repeat(1_000_000), [1])])).length).toBeLessThan(500);
  });
});

/** A list that may be counted, but fails whoever looks at one of its elements. */
function untouchable(length: number): unknown[] {
  return new Proxy(new Array(length), {
    get(list, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) throw new Error('An element was looked at.');
      return Reflect.get(list, key);
    },
  });
}

function manyKeys(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',');
}
