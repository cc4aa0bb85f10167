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
  product(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float {
    const names = [layer].flat().map((name) => `${name}.weight`);
    return multiply(graph, x, this.#matrix(graph, names, size));
  }

  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Int): Float {
    const { integers, scales } = this.#table(graph, table);
    // Tokens are columns, as the logits' product wants them.
    const rows = graph.transpose(graph.gather(integers, ids, 1), [1, 2, 0]);
    return graph.mul(graph.cast(rows, 'float32'), graph.unsqueeze(graph.gather(scales, ids), -1));
  }

  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float {
    const product = multiply(graph, hidden, this.#table(graph, table));
    return graph.add(product, this.tensor(graph, bias, [1, table.tokens]));
  }

  #table(graph: GraphBuilder, { name, tokens, width }: EmbeddingTable): QuantizedMatrix {
    return this.#matrix(graph, [name], { inputs: width, outputs: tokens });
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
  const rowScales = g.mul(g.max(g.abs(x), -1, { keepDims: true }), g.float(1 / LARGEST));
  // The cast cuts the fraction off: half more rounds. A row of zeros becomes anything, times a scale of 0.
  const rounded = g.cast(g.add(g.div(x, rowScales), g.float(ZERO + 0.5)), 'uint8');
  return g.mul(g.quantizedMatMul(rounded, integers, scales, g.byte(ZERO)), rowScales);
}
