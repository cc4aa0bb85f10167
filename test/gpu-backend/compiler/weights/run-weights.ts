import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TensorSource } from '../../../../gpu-backend/compiler/checkpoint/tensor-source.ts';
import type { Precision } from '../../../../gpu-backend/compiler/manifest.ts';
import { ExternalDataFile } from '../../../../gpu-backend/compiler/onnx/external-data.ts';
import { type Hidden, ModelScope, type Value } from '../../../../gpu-backend/compiler/onnx/graph.ts';
import { GraphBuilder } from '../../../../gpu-backend/compiler/onnx/graph-builder.ts';
import { encodeModel } from '../../../../gpu-backend/compiler/onnx/messages.ts';
import { createWeights } from '../../../../gpu-backend/compiler/weights/precisions.ts';
import type { Weights } from '../../../../gpu-backend/compiler/weights/weights.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A row-major matrix. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** Matrices by name; one of a single row is a vector. */
export type Matrices = Record<string, Matrix>;

/** Normally distributed numbers that are the same every time. */
export function randomMatrix(rows: number, columns: number, seed = 1): Matrix {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, normal) };
}

/** Runs what `build` makes of a checkpoint's tensors at a precision, in the real runtime and with the weights in a file. */
export async function runWeights(
  precision: Precision,
  {
    tensors,
    x,
    ids = [[0]],
    build,
  }: {
    tensors: Record<string, { shape: number[]; values: Float32Array }>;
    x: Matrix;
    ids?: number[][];
    build: (g: GraphBuilder, weights: Weights, x: Hidden, ids: Value<'int64'>) => Hidden;
  },
): Promise<Matrix> {
  const source: TensorSource = {
    description: 'test',
    tensors: new Map(Object.entries(tensors).map(([name, { shape }]) => [name, { type: 'F32', shape }])),
    read: async (name) => tensors[name]!.values.slice(),
    close: async () => {},
  };
  const file = new ExternalDataFile('weights');
  const g = new GraphBuilder(new ModelScope(), 'test');
  const weights = createWeights(precision, source, file);
  const input = g.cast(g.input('x', 'float32', ['rows', x.columns]), weights.hiddenType);
  const y = build(g, weights, input, g.input('ids', 'int64', ['a', 'b']));
  g.output('y', g.cast(y, 'float32'));
  const folder = await temporaryFolder();
  const graph = g.toMessage({ outermost: true });
  const model = { producer: { name: 'test', version: '1' }, opsets: { '': 21, 'com.microsoft': 1 }, graph };
  await writeFile(join(folder, 'model.onnx'), encodeModel(model));
  await file.write(join(folder, 'weights'), () => {});
  const session = await InferenceSession.create(join(folder, 'model.onnx'), { logSeverityLevel: 3 });
  const outputs = await session.run({
    x: new Tensor('float32', x.values, [x.rows, x.columns]),
    ids: new Tensor('int64', BigInt64Array.from(ids.flat(), BigInt), [ids.length, ids[0]!.length]),
  });
  await session.release();
  const { dims, size, data } = outputs['y']!;
  const columns = dims.at(-1)!;
  return { rows: size / columns, columns, values: (data as Float32Array).slice() };
}
