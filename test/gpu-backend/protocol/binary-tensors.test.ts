import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBinary, takeBinaryTensors, writeBinary } from '../../../gpu-backend/protocol/binary-tensors.ts';
import { readGenerationRequest } from '../../../gpu-backend/protocol/generation-request.ts';
import { inferenceResponse, readInferenceBody } from '../../../gpu-backend/protocol/inference-body.ts';
import { readEnvelope } from '../../../gpu-backend/protocol/request-envelope.ts';
import { JSON_LENGTH_HEADER } from '../../../shared/inference-protocol.ts';
import { type BinaryRequest, binaryRequest, framed } from './binary-request.ts';
import { inputIds, LIMITS, MODEL, requestOf, tensor } from './inference-requests.ts';

const MAX_BYTES = 4096;

async function read({ body, headers }: Pick<BinaryRequest, 'body' | 'headers'>) {
  const request = new Request('http://backend/', { method: 'POST', body, headers });
  return readGenerationRequest(readEnvelope(await readInferenceBody(request, MAX_BYTES)), MODEL, LIMITS);
}

describe('binary tensors', () => {
  it('hold numbers least significant byte first', () => {
    expect(writeBinary([1, -2], 'INT64')).toEqual(
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255),
    );
    expect(writeBinary([1], 'FP32')).toEqual(Uint8Array.of(0, 0, 0x80, 0x3f));
  });

  it('come back as they were written, wherever in a buffer they begin', () => {
    const whole = fc.array(fc.maxSafeInteger());
    fc.assert(
      fc.property(whole, fc.nat(9), (values, offset) => {
        const bytes = writeBinary(values, 'INT64');
        const shifted = new Uint8Array(offset + bytes.length);
        shifted.set(bytes, offset);
        expect(readBinary(shifted.subarray(offset), 'INT64')).toEqual(values);
      }),
    );
  });

  it('are shared out in the order of the inputs, without copying', () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, index) => index);
    const form = { datatype: 'FP32', shape: [1] };
    const [first, second, third] = takeBinaryTensors(
      [
        { name: 'a', ...form, parameters: { binary_data_size: 8 } },
        { name: 'b', ...form, data: [1] },
        { name: 'c', ...form, parameters: { binary_data_size: 4 } },
      ],
      bytes,
    );
    expect(first!.data).toEqual(bytes.subarray(0, 8));
    expect((first!.data as Uint8Array).buffer).toBe(bytes.buffer);
    expect(second!.data).toEqual([1]);
    expect(third!.data).toEqual(bytes.subarray(8));
  });
});

const REQUEST = requestOf(
  [
    inputIds([
      [5, 2],
      [6, 2],
    ]),
    tensor('num_beams', [3, 3]),
    tensor('length_penalty', [0.5, 2], [2, 1], 'FP32'),
    tensor('stop_sequences', [], [2, 0, 0]),
  ],
  { id: 'x' },
);

describe('a request with binary tensors', () => {
  it('means what it would mean in JSON, whichever of its tensors are binary', async () => {
    const expected = readGenerationRequest(readEnvelope({ json: REQUEST }), MODEL, LIMITS);
    await fc.assert(
      fc.asyncProperty(fc.subarray(REQUEST.inputs), async (chosen) => {
        expect(await read(binaryRequest(REQUEST, (input) => chosen.includes(input)))).toEqual(expected);
      }),
    );
  });

  it.each<[string, BinaryRequest, string]>([
    ['a shape larger than its bytes', lying([10 ** 9, 10 ** 9]), 'has 1000000000 rows; max_batch_size is 4'],
    ['a shape that no number holds', lying(Array(8).fill(2 ** 53 - 1)), 'shape ['],
    ['a shape smaller than its bytes', lying([1, 1]), 'so 8 bytes, but its binary_data_size is 16.'],
    ['more bytes than there are', sized(24), 'takes 24 bytes, but only 16 are left behind the JSON.'],
    ['more bytes than any machine has', sized(2 ** 53 - 1), 'but only 16 are left'],
    ['fewer bytes than there are', sized(8), 'The body has 8 bytes that no input takes.'],
    ['a size that is no size', sized(-8), 'inputs[0].parameters.binary_data_size: '],
    ['data twice', sized(16, { data: [5, 2] }), 'Input "input_ids" has both data and binary_data_size.'],
    ['a token id too large', binaryRequest(requestOf([inputIds([[5, 100]])])), 'value 1: 100 is no token id'],
    [
      'a number beyond 2^53',
      framed(JSON.stringify({ inputs: [form({ parameters: { binary_data_size: 16 } })] }), [
        Uint8Array.from(Array(16).fill(127)),
      ]),
      'value 0: whole numbers are taken up to 2^53 - 1',
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY].map((value): [string, BinaryRequest, string] => [
      String(value),
      binaryRequest(requestOf([inputIds(), tensor('length_penalty', [value], [1], 'FP32')])),
      'Input "length_penalty", value 0: ',
    ]),
  ])('is refused with %s', async (_, request, message) => {
    await expect(read(request)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['no length', '', {}, 400, 'is ""; it must be a number of bytes.'],
    ['a length that is none', '1e3', {}, 400, 'is "1e3"; it must be a number of bytes.'],
    ['a negative length', '-1', {}, 400, 'is "-1"'],
    ['a length beyond the body', '99999', {}, 400, 'is 99999, but the body has '],
    ['a length of 0', '0', {}, 400, 'The body is empty'],
    ['a length in the middle of the JSON', '10', {}, 400, 'The body is not JSON'],
    ['another content type', '10', { 'content-type': 'text/plain' }, 415, 'application/octet-stream'],
  ])('is refused with %s in its header', async (_, length, headers, status, message) => {
    const { body, headers: right } = binaryRequest(REQUEST);
    const wrong = { ...right, [JSON_LENGTH_HEADER]: length, ...headers };
    await expect(read({ body, headers: wrong })).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });

  it('is refused where its header is missing', async () => {
    const { body, jsonLength } = binaryRequest(REQUEST);
    const json = body.slice(0, jsonLength);
    await expect(read({ body: json, headers: {} })).rejects.toThrow(
      `Input "input_ids" is binary, but the header ${JSON_LENGTH_HEADER} is missing.`,
    );
  });

  it('is not read beyond the limit of the body', async () => {
    const { body, headers } = framed('{}', [new Uint8Array(MAX_BYTES)]);
    await expect(read({ body, headers })).rejects.toMatchObject({ status: 413 });
  });
});

describe('an answer with binary tensors', () => {
  it('has those asked for behind its JSON, in order', async () => {
    const outputs = [
      { name: 'sequences', datatype: 'INT64', shape: [1, 1, 2], data: [7, 2] },
      { name: 'lengths', datatype: 'INT64', shape: [1, 1], data: [2] },
      { name: 'scores', datatype: 'FP32', shape: [1, 1], data: [-0.5] },
    ] as const;
    const response = inferenceResponse(
      {
        model_name: 'tiny',
        model_version: '1',
        outputs: outputs.map((output) => ({ ...output, shape: [...output.shape], data: [...output.data] })),
      },
      ['sequences', 'scores'],
    );
    const bytes = new Uint8Array(await response.arrayBuffer());
    const jsonLength = Number(response.headers.get(JSON_LENGTH_HEADER));
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(JSON.parse(Buffer.from(bytes.subarray(0, jsonLength)).toString()).outputs).toEqual([
      { name: 'sequences', datatype: 'INT64', shape: [1, 1, 2], parameters: { binary_data_size: 16 } },
      outputs[1],
      { name: 'scores', datatype: 'FP32', shape: [1, 1], parameters: { binary_data_size: 4 } },
    ]);
    expect(readBinary(bytes.subarray(jsonLength, jsonLength + 16), 'INT64')).toEqual([7, 2]);
    expect(readBinary(bytes.subarray(jsonLength + 16), 'FP32')).toEqual([-0.5]);
  });
});

function form(change: object = {}) {
  return { name: 'input_ids', datatype: 'INT64', shape: [1, 2], ...change };
}

/** Two ids under another shape. */
function lying(shape: number[]): BinaryRequest {
  const json = JSON.stringify({ inputs: [form({ shape, parameters: { binary_data_size: 16 } })] });
  return framed(json, [writeBinary([5, 2], 'INT64')]);
}

/** Two ids that say to take another number of bytes. */
function sized(size: number, change: object = {}): BinaryRequest {
  const json = JSON.stringify({ inputs: [form({ parameters: { binary_data_size: size }, ...change })] });
  return framed(json, [writeBinary([5, 2], 'INT64')]);
}
