import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelScope, type Value } from '../../../gpu-backend/compiler/onnx/graph.ts';
import { GraphBuilder } from '../../../gpu-backend/compiler/onnx/graph-builder.ts';
import { type ElementType, encodeModel } from '../../../gpu-backend/compiler/onnx/messages.ts';

/** A tensor as nested arrays: numbers, or booleans. */
export type Nested = number | boolean | Nested[];

/** Values that go into a graph: integers as [...], floats wrapped by `float`. */
export type Feed = Nested | { float: Nested };

export const float = (values: Nested) => ({ float: values });

/** The graph's inputs by name, with the element type that the test fed. */
export interface Inputs {
  int(name: string): Value<'int64'>;
  float(name: string): Value<'float32'>;
  bool(name: string): Value<'bool'>;
}

/**
 * Builds a graph around `build`, runs it in the real runtime and returns its outputs by name. Every test of an
 * operator goes through the bytes of a model file.
 */
export async function runGraph(
  feeds: Record<string, Feed>,
  build: (graph: GraphBuilder, inputs: Inputs) => Record<string, Value>,
  options: InferenceSession.SessionOptions = {},
): Promise<Record<string, Nested>> {
  const g = new GraphBuilder(new ModelScope(), 'test');
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toTensor(feed)]));
  const input =
    <T extends ElementType>(type: T) =>
    (name: string): Value<T> => ({ name, type });
  for (const [name, { type, dims }] of Object.entries(tensors)) {
    g.input(
      name,
      type as ElementType,
      dims.map((_, axis) => `${name}_${axis}`),
    );
  }
  const outputs = build(g, { int: input('int64'), float: input('float32'), bool: input('bool') });
  for (const [name, value] of Object.entries(outputs)) g.output(name, value);
  const model = encodeModel({
    producer: { name: 'test', version: '1' },
    opsets: { '': 21, 'com.microsoft': 1 },
    graph: g.toMessage({ outermost: true }),
  });
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, ...options });
  const results = await session.run(tensors);
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, toNested(tensor as Tensor)]),
  );
}

function toTensor(feed: Feed): Tensor {
  const isFloat = typeof feed === 'object' && 'float' in feed;
  const nested = isFloat ? feed.float : feed;
  const dims: number[] = [];
  for (let level = nested; Array.isArray(level); level = level[0]!) dims.push(level.length);
  const flatten = (value: Nested): (number | boolean)[] =>
    Array.isArray(value) ? value.flatMap(flatten) : [value];
  const values = flatten(nested);
  if (isFloat) return new Tensor('float32', Float32Array.from(values as number[]), dims);
  if (typeof values[0] === 'boolean') return new Tensor('bool', values as boolean[], dims);
  return new Tensor('int64', BigInt64Array.from(values as number[], BigInt), dims);
}

function toNested({ data, dims, type }: Tensor): Nested {
  const values = Array.from(data as ArrayLike<number | bigint>, (v) =>
    type === 'bool' ? Boolean(v) : Number(v),
  );
  const nest = (level: number, start: number, size: number): Nested => {
    if (level === dims.length) return values[start]!;
    const step = size / dims[level]!;
    return Array.from({ length: dims[level]! }, (_, i) => nest(level + 1, start + i * step, step));
  };
  return nest(0, 0, values.length);
}
