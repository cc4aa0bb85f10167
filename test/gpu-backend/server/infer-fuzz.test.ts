import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../../gpu-backend/compiler/manifest.ts';
import { InferenceProcess } from '../../../gpu-backend/runtime/inference-worker.ts';
import { systemClock as clock } from '../../../gpu-backend/scheduler/clock.ts';
import { Scheduler } from '../../../gpu-backend/scheduler/scheduler.ts';
import { createServer } from '../../../gpu-backend/server/app.ts';
import { LIST_INPUTS, PARAMETER_INPUTS } from '../../../shared/generation-tensors.ts';
import type { InferenceResponse } from '../../../shared/inference-protocol.ts';
import { loadedRepository } from '../models/fake-models.ts';
import { binaryRequest } from '../protocol/binary-request.ts';
import { inputIds, type LooseTensor, requestOf, tensor } from '../protocol/inference-requests.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';

const LIMITS = { maxBatchSize: 4, maxNumBeams: 4 };

interface Sent {
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

let infer: (sent: Sent) => Promise<{ status: number; body: unknown }>;
let close: () => Promise<unknown>;

beforeAll(async () => {
  const model = await buildReferenceModel();
  const scheduler = new Scheduler({
    openWorkers: [() => new InferenceProcess({ modelDirectory: model.directory })],
    limits: {
      ...LIMITS,
      maxBatchTokens: 65_536,
      preferredBatchSizes: [],
      maxQueueSize: 8,
      maxQueueDelayMs: 0,
    },
    clock,
    observe: () => {},
  });
  await scheduler.open();
  const app = createServer({
    repository: await loadedRepository('tiny', scheduler, await readManifest(model.directory)),
    limits: { ...LIMITS, maxBodyBytes: 65_536 },
    tokens: [],
    isDraining: () => false,
    clock,
    onInference: () => {},
    metrics: undefined,
    log: () => {},
  });
  infer = async ({ body, headers = { 'content-type': 'application/json' } }) => {
    const response = await app.request('/v2/models/tiny/infer', { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  };
  close = async () => {
    await scheduler.drain(0);
    await scheduler.close();
    await model.remove();
  };
});
afterAll(() => close());

/** Either a response whose tensors hold what their shapes say, or a 4xx (or a passed deadline) with a sentence. */
async function expectAnswer(sent: Sent): Promise<number> {
  const answer = await infer(sent);
  if (answer.status !== 200) {
    expect(answer.status).toSatisfy(isClientsFault);
    expect(answer.body).toEqual({ error: expect.stringMatching(/\.$/) });
    return answer.status;
  }
  for (const { shape, data } of (answer.body as InferenceResponse).outputs) {
    expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
    expect(data.every(Number.isFinite)).toBe(true);
  }
  return answer.status;
}

const expectAnswerTo = (body: unknown) => expectAnswer({ body: JSON.stringify(body) });

async function expectRefusal(body: string): Promise<void> {
  expect(await expectAnswer({ body })).toBe(400);
}

function isClientsFault(status: number): boolean {
  return (status >= 400 && status < 500) || status === 504;
}

const number = fc.oneof(
  fc.integer({ min: -2, max: 20 }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0.65, 1e-40, 2 ** 31, 2 ** 53, 2 ** 63, -(2 ** 63), 8007, 8008, 128, 129),
);
const parameter = fc
  .constantFrom(...Object.entries(PARAMETER_INPUTS))
  .chain(([name, datatype]) => number.map((value) => tensor(name, [value], [1], datatype)));
/** Lists of a shape that fits, or nearly, with what fits in it, or nearly. */
const list = fc.constantFrom(...Object.entries(LIST_INPUTS)).chain(([name, { datatype, shape }]) =>
  fc
    .array(fc.integer({ min: 0, max: 3 }), { minLength: shape.length - 1, maxLength: shape.length - 1 })
    .chain((sizes) => {
      const count = sizes.reduce((product, size) => product * size, 1);
      const value =
        datatype === 'FP32'
          ? fc.double({ min: -0.5, max: 1, noNaN: true })
          : fc.integer({ min: -2, max: 20 });
      return fc
        .array(value, { minLength: count, maxLength: count })
        .map((data) => tensor(name, data, [1, ...sizes], datatype));
    }),
);
const validParameters = [
  tensor('num_beams', [2]),
  tensor('max_length', [6]),
  tensor('length_penalty', [1], [1], 'FP32'),
];

/** A small request that the model runs, then up to three changes to it. */
const mutatedRequest = fc
  .record({
    ids: fc.array(fc.integer({ min: 0, max: 8007 }), { minLength: 1, maxLength: 8 }),
    parameters: fc.uniqueArray(fc.oneof(parameter, list), { maxLength: 3, selector: ({ name }) => name }),
    changes: fc.array(
      fc.record({
        tensor: fc.nat(),
        field: fc.constantFrom('name', 'datatype', 'shape', 'data', 'parameters', 'more'),
        value: fc.oneof(fc.jsonValue(), fc.array(number, { maxLength: 4 })),
      }),
      { maxLength: 2 },
    ),
    rest: fc.oneof(
      fc.constant({}),
      fc.record({ id: fc.string(), parameters: fc.record({ timeout: number }) }),
      fc.dictionary(fc.constantFrom('id', 'parameters', 'outputs', 'inputs', '__proto__'), fc.jsonValue()),
    ),
  })
  .map(({ ids, parameters, changes, rest }) => {
    const named = new Set(parameters.map(({ name }) => name));
    const inputs: LooseTensor[] = [
      inputIds([ids]),
      ...parameters,
      ...validParameters.filter(({ name }) => !named.has(name)),
    ];
    for (const { tensor: index, field, value } of changes) {
      inputs[index % inputs.length] = { ...inputs[index % inputs.length]!, [field]: value };
    }
    return { inputs, ...rest };
  });

/** A small binary request that the model runs, then up to three changes to its bytes or to what its header says. */
const mutatedBinaryRequest = fc
  .record({
    ids: fc.array(fc.integer({ min: 0, max: 8007 }), { minLength: 1, maxLength: 8 }),
    changes: fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 3 }),
    longer: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -40, max: 40 })),
    headerOff: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -40, max: 40 })),
  })
  .map(({ ids, changes, longer, headerOff }): Sent => {
    const { body, headers, jsonLength } = binaryRequest(requestOf([inputIds([ids]), ...validParameters]));
    const changed = new Uint8Array(Math.max(0, body.length + longer));
    changed.set(body.subarray(0, changed.length));
    for (const { at, byte } of changes) changed[at % changed.length] = byte;
    return {
      body: changed,
      headers: { ...headers, 'Inference-Header-Content-Length': String(jsonLength + headerOff) },
    };
  });

describe('infer, whatever it is sent', () => {
  it('answers any text with a sentence', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), expectRefusal), { numRuns: 200 });
  });

  it('answers any JSON with a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        expectRefusal,
      ),
      { numRuns: 200 },
    );
  });

  it('answers a damaged request with a sentence or with sound tensors', async () => {
    const statuses = new Set<number>();
    const expectAndCount = async (body: unknown) => void statuses.add(await expectAnswerTo(body));
    await fc.assert(fc.asyncProperty(mutatedRequest, expectAndCount), { numRuns: 300 });
    // Otherwise the requests were so damaged, or so sound, that nothing was tried.
    expect(statuses).toContain(200);
    expect(statuses).toContain(400);
  });

  it('answers a damaged binary request with a sentence or with sound tensors', async () => {
    const statuses = new Set<number>();
    const expectAndCount = async (sent: Sent) => void statuses.add(await expectAnswer(sent));
    await fc.assert(fc.asyncProperty(mutatedBinaryRequest, expectAndCount), { numRuns: 500 });
    expect(statuses).toContain(200);
    expect(statuses).toContain(400);
  });

  it('answers nesting that would overflow a stack', async () => {
    const depth = 20_000;
    const nested = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    await expectAnswer({ body: nested });
    const data = `{"inputs":[{"name":"input_ids","datatype":"INT64","shape":[1,1],"data":${nested}}]}`;
    await expectAnswer({ body: data });
    await expectAnswer({ body: `{"inputs":${nested},"parameters":${nested}}` });
    await expectAnswerTo({ inputs: [{ ...inputIds(), shape: new Array(10_000).fill(1) }] });
  });
});
