/** Measures what the machine can do at best, as a process of its own: THREADS. Writes a `MachineSpeed` as JSON. */
import '../../gpu-backend/runtime/without-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelScope, type Value } from '../../gpu-backend/compiler/onnx/graph.ts';
import { GraphBuilder } from '../../gpu-backend/compiler/onnx/graph-builder.ts';
import { encodeModel } from '../../gpu-backend/compiler/onnx/messages.ts';
import type { MachineSpeed } from './machine-limit.ts';

const RUNS = 10;
const GIBIBYTE_OF_FLOATS = 1 << 28;
const SIZE = 2048;

const threads = Number(process.argv[2]);
const speed: MachineSpeed = {
  bandwidth: await readBandwidth(),
  float32: await matMulSpeed('MatMul'),
  int8: await matMulSpeed('MatMulInteger'),
};
console.log(JSON.stringify(speed));

/** A sum over far more than the caches hold, one row a thread. */
async function readBandwidth(): Promise<number> {
  const shape = [threads, Math.floor(GIBIBYTE_OF_FLOATS / threads)];
  const values = new Float32Array(shape[0]! * shape[1]!).fill(1);
  const seconds = await fastestRun({ x: new Tensor('float32', values, shape) }, (g) =>
    g.node('ReduceSum', [g.input('x', 'float32', shape), g.ints(1)], 'float32'),
  );
  return values.byteLength / seconds;
}

/** The runtime's own product of two large square matrices; the right one is a constant, as weights are. */
async function matMulSpeed(operator: 'MatMul' | 'MatMulInteger'): Promise<number> {
  const isFloat = operator === 'MatMul';
  const shape = [SIZE, SIZE];
  const type = isFloat ? 'float32' : 'uint8';
  const ones = isFloat ? new Float32Array(SIZE * SIZE).fill(1) : new Uint8Array(SIZE * SIZE).fill(1);
  const seconds = await fastestRun({ x: new Tensor(type, ones, shape) }, (g) => {
    const bytes = new Uint8Array(ones.buffer);
    const right = isFloat
      ? g.initializer('right', () => ({ type: 'float32', shape, data: bytes }))
      : g.initializer('right', () => ({ type: 'int8', shape, data: bytes }));
    return g.node(operator, [g.input('x', type, shape), right], isFloat ? 'float32' : 'int32');
  });
  return SIZE ** 3 / seconds;
}

async function fastestRun(
  feeds: Record<string, Tensor>,
  build: (graph: GraphBuilder) => Value,
): Promise<number> {
  const g = new GraphBuilder(new ModelScope(), 'machine');
  g.output('result', build(g));
  const model = encodeModel({
    producer: { name: 'tandem', version: '1' },
    opsets: { '': 21, 'com.microsoft': 1 },
    graph: g.toMessage({ outermost: true }),
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: threads, logSeverityLevel: 3 });
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await session.run(feeds);
    fastest = Math.min(fastest, performance.now() - started);
  }
  await session.release();
  return fastest / 1000;
}
