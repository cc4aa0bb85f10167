import { CheckpointError } from './checkpoint/checkpoint-error.ts';
import { isWeightType, type TensorSource, WEIGHT_TYPES } from './checkpoint/tensor-source.ts';
import type { ExternalDataFile } from './onnx/external-data.ts';
import type { Value } from './onnx/graph.ts';
import type { GraphBuilder } from './onnx/graph-builder.ts';

type Float = Value<'float32'>;

/**
 * The checkpoint's weights as an architecture asks for them. How a weight is stored and which kernel multiplies it is
 * decided here and nowhere else: another precision is another implementation.
 */
export interface Weights {
  /** A tensor as it is stored in the checkpoint. */
  tensor(graph: GraphBuilder, name: string, shape: number[]): Float;
  /** x · Wᵀ + b for the layer's `weight` [outputs, inputs] and `bias` [outputs]; x is [..., inputs]. */
  linear(graph: GraphBuilder, x: Float, layer: string, size: { inputs: number; outputs: number }): Float;
}

/** Weights in float32, multiplied as they are. */
export class Float32Weights implements Weights {
  readonly #source: TensorSource;
  readonly #file: ExternalDataFile;

  constructor(source: TensorSource, file: ExternalDataFile) {
    this.#source = source;
    this.#file = file;
  }

  tensor(graph: GraphBuilder, name: string, shape: number[]): Float {
    this.#check(name, shape);
    return this.#initializer(graph, name, { stored: 'as-is', shape, convert: (values) => values });
  }

  linear(
    graph: GraphBuilder,
    x: Float,
    layer: string,
    { inputs, outputs }: { inputs: number; outputs: number },
  ): Float {
    // MatMul wants [inputs, outputs]; the checkpoint has it the other way round.
    this.#check(`${layer}.weight`, [outputs, inputs]);
    const weight = this.#initializer(graph, `${layer}.weight`, {
      stored: 'transposed',
      shape: [inputs, outputs],
      convert: (values) => transpose(values, outputs, inputs),
    });
    return graph.add(graph.matMul(x, weight), this.tensor(graph, `${layer}.bias`, [outputs]));
  }

  /** One weight may be stored in several ways: the way is part of the stored tensor's name. */
  #initializer(
    graph: GraphBuilder,
    name: string,
    {
      stored,
      shape,
      convert,
    }: {
      stored: 'as-is' | 'transposed';
      shape: number[];
      convert: (values: Float32Array) => Float32Array;
    },
  ): Float {
    return graph.initializer(stored === 'as-is' ? name : `${name}/${stored}`, () => ({
      type: 'float32',
      shape,
      data: this.#file.place({
        bytes: 4 * shape.reduce((product, size) => product * size, 1),
        load: async () => asBytes(convert(await this.#source.read(name))),
      }),
    }));
  }

  #check(name: string, shape: number[]): void {
    const tensor = this.#source.tensors.get(name);
    if (tensor === undefined)
      throw new CheckpointError(this.#source.description, `tensor ${name} is missing`);
    if (!isWeightType(tensor.type)) {
      const known = WEIGHT_TYPES.join(', ');
      throw new CheckpointError(
        this.#source.description,
        `tensor ${name} is ${tensor.type}; weights are ${known}`,
      );
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new CheckpointError(
        this.#source.description,
        `tensor ${name} is [${tensor.shape}], config.json asks for [${shape}]`,
      );
    }
  }
}

/** The transpose of a row-major [rows, columns] matrix. */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(values.length);
  // In blocks: a whole column at a time would miss the cache on every write.
  const block = 64;
  for (let row0 = 0; row0 < rows; row0 += block) {
    for (let column = 0; column < columns; column++) {
      const end = Math.min(row0 + block, rows);
      for (let row = row0; row < end; row++)
        transposed[column * rows + row] = values[row * columns + column]!;
    }
  }
  return transposed;
}

function asBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
