import { toFloat16 } from './float16.ts';
import { Graph, type Hidden, type Value } from './graph.ts';
import { ELEMENT_TYPE_CODES, type ElementType, type FloatingType } from './messages.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;
type Numeric = Hidden | Int;
type Bytes = Value<'uint8'>;

/** The state that a loop carries from one step to the next, in named groups: each value keeps its element type. */
export type LoopState = Record<string, Record<string, Value>>;

interface Loop<S extends LoopState> {
  /** Most steps, a scalar. */
  maxTrips: Int;
  /** Scalar: whether to take the first step at all. */
  condition: Bool;
  state: S;
  body: (graph: GraphBuilder, state: S) => { condition: Bool; state: S };
}

interface LayerNorm<H extends Hidden> {
  scale: H;
  bias: H;
  epsilon: number;
}

/** The domain of ONNX Runtime's own operators. */
const CONTRIB = 'com.microsoft';

/** ONNX operators as methods, for opset 21. Inputs broadcast as numpy's do; axes may be negative. */
export class GraphBuilder extends Graph {
  // Constants. Equal ones are stored once.
  int(value: number): Int {
    return this.#constant('int64', [], BigInt64Array.of(BigInt(value)), String(value));
  }
  ints(...values: number[]): Int {
    return this.#constant('int64', [values.length], BigInt64Array.from(values, BigInt), `[${values}]`);
  }
  float(value: number): Float {
    return this.#constant('float32', [], Float32Array.of(value), String(value));
  }
  /** A number in the type that a network computes with. */
  number<T extends FloatingType>(value: number, type: T): Value<T> {
    const values = Float32Array.of(value);
    return this.#constant(type, [], type === 'float32' ? values : toFloat16(values), String(value));
  }
  byte(value: number): Bytes {
    return this.#constant('uint8', [], Uint8Array.of(value), String(value));
  }
  bool(value: boolean): Bool {
    return this.#constant('bool', [], Uint8Array.of(value ? 1 : 0), String(value));
  }

  // Arithmetic
  add<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Add', a, b);
  }
  sub<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Sub', a, b);
  }
  mul<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Mul', a, b);
  }
  /** Integers divide towards zero. */
  div<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Div', a, b);
  }
  mod(a: Int, b: Int): Int {
    return this.#like('Mod', a, b);
  }
  pow(a: Float, b: Float): Float {
    return this.#like('Pow', a, b);
  }
  neg(x: Float): Float {
    return this.node('Neg', [x], 'float32');
  }
  /** The larger of two, element by element; `max` is along an axis. */
  maximum<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Max', a, b);
  }
  /** The smaller of two, element by element; `min` is along an axis. */
  minimum<V extends Numeric>(a: V, b: NoInfer<V>): V {
    return this.#like('Min', a, b);
  }
  matMul<H extends Hidden>(a: H, b: NoInfer<H>): H {
    return this.#like('MatMul', a, b);
  }
  /** a · bᵀ + c for matrices a [m, k] and b [n, k]. */
  gemmTransposed(a: Float, b: Float, c: Float): Float {
    return this.node('Gemm', [a, b, c], 'float32', { attributes: { transB: { int: 1 } } });
  }
  exp(x: Float): Float {
    return this.node('Exp', [x], 'float32');
  }
  log(x: Float): Float {
    return this.node('Log', [x], 'float32');
  }
  /** The exact GELU. */
  gelu<H extends Hidden>(x: H): H {
    return this.node('Gelu', [x], x.type) as H;
  }
  /** The nearest integers (of two the even one) plus `zero`, at most 0 … 255. */
  quantize(x: Float, zero: Bytes): Bytes {
    return this.node('QuantizeLinear', [x, this.float(1), zero], 'uint8');
  }
  /**
   * (a − zero) · b with exact sums of integers, each of its columns times that column's scale. a is [..., k], b [k, n],
   * the scales [n].
   */
  quantizedMatMul(a: Bytes, b: Value<'int8'>, columnScales: Float, zero: Bytes): Float {
    const inputs = [a, b, this.float(1), columnScales, zero];
    return this.node('MatMulIntegerToFloat', inputs, 'float32', { domain: CONTRIB });
  }
  /**
   * a · bᵀ + bias, if there is one, for a b [n, k] whose rows are quantized in blocks of `block`: b [n, blocks, bytes of a
   * block], scales [n × blocks]. The middle of the integers' range stands for 0. Activations are rounded to 8 bits in the same blocks.
   */
  blockQuantizedMatMul(
    a: Float,
    { values, scales, bias }: { values: Bytes; scales: Float; bias: Float | undefined },
    { k, n, bits, block }: { k: number; n: number; bits: 4 | 8; block: number },
  ): Float {
    const attributes = {
      K: { int: k },
      N: { int: n },
      bits: { int: bits },
      block_size: { int: block },
      accuracy_level: { int: 4 },
    };
    const inputs = [a, values, scales, undefined, undefined, bias];
    return this.node('MatMulNBits', inputs, 'float32', { domain: CONTRIB, attributes });
  }
  logSoftmax(x: Float): Float {
    return this.node('LogSoftmax', [x], 'float32', { attributes: { axis: { int: -1 } } });
  }
  layerNorm<H extends Hidden>(x: H, { scale, bias, epsilon }: LayerNorm<NoInfer<H>>): H {
    const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
    return this.node('LayerNormalization', [x, scale, bias], x.type, { attributes }) as H;
  }

  // Comparison and logic
  equal<V extends Value>(a: V, b: NoInfer<V>): Bool {
    return this.node('Equal', [a, b], 'bool');
  }
  less<V extends Numeric>(a: V, b: NoInfer<V>): Bool {
    return this.node('Less', [a, b], 'bool');
  }
  greater<V extends Numeric>(a: V, b: NoInfer<V>): Bool {
    return this.node('Greater', [a, b], 'bool');
  }
  greaterOrEqual<V extends Numeric>(a: V, b: NoInfer<V>): Bool {
    return this.node('GreaterOrEqual', [a, b], 'bool');
  }
  and(a: Bool, ...rest: Bool[]): Bool {
    return rest.reduce((both, next) => this.node('And', [both, next], 'bool'), a);
  }
  or(a: Bool, ...rest: Bool[]): Bool {
    return rest.reduce((either, next) => this.node('Or', [either, next], 'bool'), a);
  }
  not(a: Bool): Bool {
    return this.node('Not', [a], 'bool');
  }
  where<T extends ElementType>(condition: Bool, then: Value<T>, otherwise: Value<T>): Value<T> {
    return this.node('Where', [condition, then, otherwise], then.type);
  }

  // Reductions
  max<V extends Numeric>(x: V, axis: number, { keepDims = false } = {}): V {
    return this.#reduce('ReduceMax', x, axis, keepDims);
  }
  min<V extends Numeric>(x: V, axis: number, { keepDims = false } = {}): V {
    return this.#reduce('ReduceMin', x, axis, keepDims);
  }
  sum<V extends Numeric>(x: V, axis: number, { keepDims = false } = {}): V {
    return this.#reduce('ReduceSum', x, axis, keepDims);
  }
  /** Sums of everything up to each place along the last axis; with `fromEnd`, of everything from it on. */
  cumulativeSum(x: Float, { fromEnd = false } = {}): Float {
    const attributes = { reverse: { int: fromEnd ? 1 : 0 } };
    return this.node('CumSum', [x, this.int(-1)], 'float32', { attributes });
  }
  /** Where the largest along the last axis stands, the first of equals. */
  argMax(x: Float): Int {
    const attributes = { axis: { int: -1 }, keepdims: { int: 0 } };
    return this.node('ArgMax', [x], 'int64', { attributes });
  }
  // Reductions of booleans go by way of int32: not every provider reduces booleans.
  any(x: Bool, axis: number): Bool {
    return this.cast(this.#reduce('ReduceMax', this.cast(x, 'int32'), axis, false), 'bool');
  }
  all(x: Bool, axis: number): Bool {
    return this.cast(this.#reduce('ReduceMin', this.cast(x, 'int32'), axis, false), 'bool');
  }
  /** The k largest along the last axis, largest first, and where they stood. `k` is [1]. */
  topK(x: Float, k: Int): { values: Float; indices: Int } {
    const [values, indices] = this.nodeWithOutputs<ElementType>('TopK', [x, k], ['float32', 'int64']);
    return { values: values as Float, indices: indices as Int };
  }

  // Shape and order
  /** `x` itself where it has the type already. */
  cast<T extends ElementType>(x: Value, type: T): Value<T> {
    if (x.type === type) return x as Value<T>;
    return this.node('Cast', [x], type, { attributes: { to: { int: ELEMENT_TYPE_CODES[type] } } });
  }
  /** The size of one dimension, as [1]. */
  size(x: Value, axis: number): Int {
    const end = axis === -1 ? {} : { end: { int: axis + 1 } };
    return this.node('Shape', [x], 'int64', { attributes: { start: { int: axis }, ...end } });
  }
  reshape<T extends ElementType>(x: Value<T>, shape: Int): Value<T> {
    return this.node('Reshape', [x, shape], x.type);
  }
  expand<T extends ElementType>(x: Value<T>, shape: Int): Value<T> {
    return this.node('Expand', [x, shape], x.type);
  }
  transpose<T extends ElementType>(x: Value<T>, order: number[]): Value<T> {
    return this.node('Transpose', [x], x.type, { attributes: { perm: { ints: order } } });
  }
  unsqueeze<T extends ElementType>(x: Value<T>, axis: number): Value<T> {
    return this.node('Unsqueeze', [x, this.ints(axis)], x.type);
  }
  squeeze<T extends ElementType>(x: Value<T>, axis: number): Value<T> {
    return this.node('Squeeze', [x, this.ints(axis)], x.type);
  }
  concat<T extends ElementType>(values: Value<T>[], axis: number): Value<T> {
    return this.node('Concat', values, values[0]!.type, { attributes: { axis: { int: axis } } });
  }
  /** `x` from `start` up to `end` along an axis. Bounds are [1]. */
  slice<T extends ElementType>(x: Value<T>, axis: number, start: Int, end: Int): Value<T> {
    return this.node('Slice', [x, start, end, this.ints(axis)], x.type);
  }
  /** Parts of these sizes, along the last axis. */
  split<T extends ElementType>(x: Value<T>, sizes: number[]): Value<T>[] {
    return this.nodeWithOutputs(
      'Split',
      [x, this.ints(...sizes)],
      sizes.map(() => x.type),
      { attributes: { axis: { int: -1 } } },
    );
  }
  /** 0, 1, …, count − 1. `count` is a scalar. */
  range(count: Int): Int {
    return this.node('Range', [this.int(0), count, this.int(1)], 'int64');
  }

  // Indexing
  gather<T extends ElementType>(x: Value<T>, indices: Int, axis = 0): Value<T> {
    return this.node('Gather', [x, indices], x.type, { attributes: { axis: { int: axis } } });
  }
  /** out[a, …, i] = x[a, …, indices[a, …, i]] along an axis; all other sizes are equal. */
  gatherElements<T extends ElementType>(x: Value<T>, indices: Int, axis: number): Value<T> {
    return this.node('GatherElements', [x, indices], x.type, { attributes: { axis: { int: axis } } });
  }
  /** out[b, i] = x[b, indices[b, i]] for matrices. */
  gatherColumns<T extends ElementType>(x: Value<T>, indices: Int): Value<T> {
    return this.gatherElements(x, indices, 1);
  }
  /**
   * out[…, i, …] = x[…, indices[…, i], …]: picks whole rows within each element of a batch. The batch are all dimensions of the
   * indices but the last.
   */
  gatherWithinBatch<T extends ElementType>(x: Value<T>, indices: Int, batchDimensions = 1): Value<T> {
    const attributes = { batch_dims: { int: batchDimensions } };
    return this.node('GatherND', [x, this.unsqueeze(indices, -1)], x.type, { attributes });
  }
  /** x with x[b, indices[b, i]] = updates[b, i]. Indices that repeat must bring equal updates. */
  scatterColumns(x: Float, indices: Int, updates: Float): Float {
    return this.node('ScatterElements', [x, indices, updates], 'float32', {
      attributes: { axis: { int: 1 } },
    });
  }
  /** As `scatterColumns`, but the smallest of the old value and all updates stays. */
  scatterColumnsMin(x: Float, indices: Int, updates: Float): Float {
    return this.#scatterReduced('min', x, indices, updates);
  }
  /** As `scatterColumns`, but the updates are added to the old value. */
  scatterColumnsAdd(x: Float, indices: Int, updates: Float): Float {
    return this.#scatterReduced('add', x, indices, updates);
  }

  // Control flow
  /** One of two values by a scalar condition; only the branch that is taken runs. */
  ifElse<T extends ElementType>(
    condition: Bool,
    thenBranch: (graph: GraphBuilder) => Value<T>,
    elseBranch: (graph: GraphBuilder) => Value<T>,
  ): Value<T> {
    return this.ifElseAll(
      condition,
      (graph) => ({ value: thenBranch(graph) }),
      (graph) => ({ value: elseBranch(graph) }),
    ).value;
  }

  /** As `ifElse`, for several values. Both branches name the same ones in the same order. */
  ifElseAll<S extends Record<string, Value>>(
    condition: Bool,
    thenBranch: (graph: GraphBuilder) => S,
    elseBranch: (graph: GraphBuilder) => NoInfer<S>,
  ): S {
    const build = (name: string, makeBranch: (graph: GraphBuilder) => S) => {
      const graph = new GraphBuilder(this.model, this.model.uniqueName(name));
      const values = makeBranch(graph);
      for (const [key, value] of Object.entries(values)) graph.output(`${name}.${key}`, value);
      return { graph: { graph: graph.toMessage() }, values };
    };
    const taken = build('then', thenBranch);
    const other = build('else', elseBranch);
    const keys = Object.keys(taken.values);
    if (keys.join() !== Object.keys(other.values).join()) {
      throw new Error(
        `The branches of a condition answer ${keys} and ${Object.keys(other.values)}. This is a bug.`,
      );
    }
    const outputs = this.nodeWithOutputs(
      'If',
      [condition],
      keys.map((key) => taken.values[key]!.type),
      { attributes: { then_branch: taken.graph, else_branch: other.graph } },
    );
    return Object.fromEntries(keys.map((key, index) => [key, outputs[index]!])) as S;
  }

  /** Repeats `body` while its condition holds; shapes of the state may change from step to step. */
  loop<S extends LoopState>({ maxTrips, condition, state, body }: Loop<S>): S {
    const graph = new GraphBuilder(this.model, this.model.uniqueName('loop_body'));
    graph.input('iteration', 'int64', []);
    graph.input('condition_in', 'bool', []);
    const carried = Object.entries(state).flatMap(([group, values]) =>
      Object.entries(values).map(([name, value]) => ({ group, name, value })),
    );
    const regroup = (make: (index: number) => Value): S => {
      const groups: LoopState = {};
      carried.forEach(({ group, name }, index) => {
        groups[group] = { ...groups[group], [name]: make(index) };
      });
      return groups as S;
    };
    const step = body(
      graph,
      regroup((index) =>
        graph.input(`${carried[index]!.group}.${carried[index]!.name}`, carried[index]!.value.type),
      ),
    );
    graph.output('condition_out', step.condition, []);
    for (const { group, name } of carried) graph.output(`${group}.${name}_next`, step.state[group]![name]!);
    const outputs = this.nodeWithOutputs(
      'Loop',
      [maxTrips, condition, ...carried.map(({ value }) => value)],
      carried.map(({ value }) => value.type),
      { attributes: { body: { graph: graph.toMessage() } } },
    );
    return regroup((index) => outputs[index]!);
  }

  #scatterReduced(reduction: string, x: Float, indices: Int, updates: Float): Float {
    return this.node('ScatterElements', [x, indices, updates], 'float32', {
      attributes: { axis: { int: 1 }, reduction: { string: reduction } },
    });
  }

  #constant<T extends ElementType>(
    type: T,
    shape: number[],
    values: ArrayBufferView,
    label: string,
  ): Value<T> {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.initializer(`constant/${type}/${label}`, () => ({ type, shape, data }));
  }

  #like<V extends Value>(opType: string, a: V, b: V): V {
    return this.node(opType, [a, b], a.type) as V;
  }

  #reduce<V extends Value>(opType: string, x: V, axis: number, keepDims: boolean): V {
    const attributes = { keepdims: { int: keepDims ? 1 : 0 } };
    return this.node(opType, [x, this.ints(axis)], x.type, { attributes }) as V;
  }
}
