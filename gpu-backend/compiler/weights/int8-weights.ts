import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import { quantizeRows } from './quantize-rows.ts';
import { transposeInto } from './transpose.ts';
import type { EmbeddingTable, LinearSize } from './weights.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/** A matrix [inputs, columns] in 8 bits with a scale for each column. */
interface QuantizedMatrix {
  integers: Value<'int8'>;
  scales: Float;
}

/**
 * Matrices in 8 bits with one scale per output. Activations are rounded to 8 bits as they come, with one scale per row: a
 * row's result does not depend on its neighbours, and the sums in between are exact.
 */
export class Int8Weights extends CheckpointWeights<'float32'> {
  protected product(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float {
    const names = [layer].flat().map((name) => `${name}.weight`);
    return multiply(graph, x, this.#matrix(graph, names, size));
  }

  embed(graph: GraphBuilder, { name, tokens, width }: EmbeddingTable, ids: Int): Float {
    this.stored.require(name, [tokens, width]);
    const forms = {
      integers: { type: 'int8', shape: [tokens, width] },
      scales: { type: 'float32', shape: [tokens, 1] },
    } as const;
    // The logits' product has tokens as columns, and gathering columns is slow: the small table is stored both ways.
    const { integers, scales } = this.stored.initializers(graph, `${name}/rows`, forms, async () =>
      quantizeRows(await this.stored.read(name), tokens),
    );
    return graph.mul(graph.cast(graph.gather(integers, ids), 'float32'), graph.gather(scales, ids));
  }

  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float {
    const size = { inputs: table.width, outputs: table.tokens };
    const product = multiply(graph, hidden, this.#matrix(graph, [table.name], size));
    return graph.add(product, this.tensor(graph, bias, [1, table.tokens]));
  }

  /** The transposes of matrices [outputs, inputs], side by side. */
  #matrix(graph: GraphBuilder, names: string[], { inputs, outputs }: LinearSize): QuantizedMatrix {
    for (const name of names) this.stored.require(name, [outputs, inputs]);
    const columns = names.length * outputs;
    const forms = {
      integers: { type: 'int8', shape: [inputs, columns] },
      scales: { type: 'float32', shape: [columns] },
    } as const;
    return this.stored.initializers(graph, names.join('+'), forms, async () => {
      const integers = new Int8Array(inputs * columns);
      const scales = new Float32Array(columns);
      for (const [index, name] of names.entries()) {
        const offset = index * outputs;
        const rows = quantizeRows(await this.stored.read(name), outputs);
        transposeInto(integers, rows.integers, { rows: outputs, columns: inputs, offset });
        scales.set(rows.scales, offset);
      }
      return { integers, scales };
    });
  }
}

const LARGEST = 127;
// The runtime is fast where activations have no sign: −127 … 127 are kept as 1 … 255.
const ZERO = 128;

/** x · matrix: the rows of x [..., inputs] rounded to 8 bits, integers multiplied, both scales put on the sums. */
function multiply(g: GraphBuilder, x: Float, { integers, scales }: QuantizedMatrix): Float {
  // The greatest magnitude of each row. Two reductions read the row twice; its absolute values would be written as well.
  const reach = g.maximum(g.max(x, -1, { keepDims: true }), g.neg(g.min(x, -1, { keepDims: true })));
  // A row of zeros becomes anything, times a scale of 0.
  const rounded = g.quantize(g.mul(x, g.div(g.float(LARGEST), reach)), g.byte(ZERO));
  const product = g.quantizedMatMul(rounded, integers, scales, g.byte(ZERO));
  return g.mul(product, g.mul(reach, g.float(1 / LARGEST)));
}
