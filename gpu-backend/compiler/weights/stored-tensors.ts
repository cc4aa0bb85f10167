import { CheckpointError } from '../checkpoint/checkpoint-error.ts';
import { isWeightType, type TensorSource, WEIGHT_TYPES } from '../checkpoint/tensor-source.ts';
import type { ExternalDataFile } from '../onnx/external-data.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { toFloat16 } from '../onnx/float16.ts';
import { ELEMENT_BYTES, type ElementType, type FloatingType } from '../onnx/messages.ts';

/** The form of a tensor of the model. */
interface Form<T extends ElementType = ElementType> {
  type: T;
  shape: readonly number[];
}

/** Values for the forms of several tensors. */
type ValuesFor<Forms extends Record<string, Form>> = { [Part in keyof Forms]: Value<Forms[Part]['type']> };

// From here on the nearest float16 is infinite.
const BEYOND_FLOAT16 = 65520;

/** From the checkpoint's tensors to the model's: looked up and checked when the graph is built, made when it is written. */
export class StoredTensors<T extends FloatingType> {
  readonly #source: TensorSource;
  readonly #file: ExternalDataFile;
  readonly #floatingType: T;

  /** @param floatingType what `floats`, `tensor` and `biases` are stored as */
  constructor(source: TensorSource, file: ExternalDataFile, floatingType: T) {
    this.#source = source;
    this.#file = file;
    this.#floatingType = floatingType;
  }

  /** A tensor of the model, stored once for each name. */
  initializer<E extends ElementType>(
    graph: GraphBuilder,
    name: string,
    { type, shape, make }: Form<E> & { make: () => Promise<ArrayBufferView> },
  ): Value<E> {
    return graph.initializer(name, () => {
      const bytes = ELEMENT_BYTES[type] * shape.reduce((product, size) => product * size, 1);
      return {
        type,
        shape: [...shape],
        data: this.#file.place({ bytes, load: async () => asBytes(await make()) }),
      };
    });
  }

  /**
   * Several tensors of the model that are made at once, such as integers and their scales. They are written in the order
   * of `forms`: the largest comes first, so that it is not held while the others wait.
   */
  initializers<Forms extends Record<string, Form>>(
    graph: GraphBuilder,
    name: string,
    forms: Forms,
    make: () => Promise<Record<keyof Forms, ArrayBufferView>>,
  ): ValuesFor<Forms> {
    const made = new Map<string, ArrayBufferView>();
    const take = async (part: string) => {
      if (!made.has(part)) for (const [key, values] of Object.entries(await make())) made.set(key, values);
      const values = made.get(part)!;
      made.delete(part);
      return values;
    };
    const values = Object.entries(forms).map(([part, form]) => [
      part,
      this.initializer(graph, `${name}/${part}`, { ...form, make: () => take(part) }),
    ]);
    return Object.fromEntries(values) as ValuesFor<Forms>;
  }

  /** Numbers of the checkpoint in the floating type. */
  floats(
    graph: GraphBuilder,
    name: string,
    { shape, make }: { shape: readonly number[]; make: () => Promise<Float32Array> },
  ): Value<T> {
    const type = this.#floatingType;
    if (type === 'float32') return this.initializer(graph, name, { type, shape, make });
    return this.initializer(graph, name, {
      type,
      shape,
      make: async () => this.#toFloat16(name, await make()),
    });
  }

  tensor(graph: GraphBuilder, name: string, shape: number[]): Value<T> {
    this.require(name, shape);
    return this.floats(graph, name, { shape, make: () => this.read(name) });
  }

  float32Tensor(graph: GraphBuilder, name: string, shape: number[]): Value<'float32'> {
    this.require(name, shape);
    return this.initializer(graph, name, { type: 'float32', shape, make: () => this.read(name) });
  }

  /** The biases of layers with `outputs` each, one after the other. */
  biases(graph: GraphBuilder, layers: string[], outputs: number): Value<T> {
    const names = layers.map((layer) => `${layer}.bias`);
    for (const name of names) this.require(name, [outputs]);
    return this.floats(graph, names.join('+'), {
      shape: [layers.length * outputs],
      make: async () => {
        const values = new Float32Array(layers.length * outputs);
        for (const [index, name] of names.entries()) values.set(await this.read(name), index * outputs);
        return values;
      },
    });
  }

  /** Reads one of the checkpoint's tensors as float32. */
  read(name: string): Promise<Float32Array> {
    return this.#source.read(name);
  }

  /** @throws {CheckpointError} where the checkpoint has no such tensor of weights of this shape */
  require(name: string, shape: number[]): void {
    const tensor = this.#source.tensors.get(name);
    const refused = (cause: string) =>
      new CheckpointError(this.#source.description, `tensor ${name} is ${cause}`);
    if (tensor === undefined) throw refused('missing');
    if (!isWeightType(tensor.type)) throw refused(`${tensor.type}; weights are ${WEIGHT_TYPES.join(', ')}`);
    if (tensor.shape.join() !== shape.join())
      throw refused(`[${tensor.shape}], config.json asks for [${shape}]`);
  }

  #toFloat16(name: string, values: Float32Array): Uint16Array {
    for (let i = 0; i < values.length; i++) {
      if (Math.abs(values[i]!) < BEYOND_FLOAT16) continue;
      const cause = `${name} holds ${values[i]}, which fp16 cannot (it ends at 65504): choose another precision`;
      throw new CheckpointError(this.#source.description, cause);
    }
    return toFloat16(values);
  }
}

function asBytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
