import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import { transposeInto } from './transpose.ts';
import type { EmbeddingTable, LinearSize } from './weights.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/** Weights in float32, multiplied as they are. */
export class Float32Weights extends CheckpointWeights {
  product(graph: GraphBuilder, x: Float, layer: string | string[], { inputs, outputs }: LinearSize): Float {
    const layers = [layer].flat();
    for (const name of layers) this.stored.require(`${name}.weight`, [outputs, inputs]);
    const columns = layers.length * outputs;
    // MatMul wants [inputs, outputs]; the checkpoint has it the other way round.
    const weight = this.stored.initializer(graph, `${layers.join('+')}.weight/transposed`, {
      type: 'float32',
      shape: [inputs, columns],
      make: async () => {
        const values = new Float32Array(inputs * columns);
        for (const [index, name] of layers.entries()) {
          const rows = await this.stored.read(`${name}.weight`);
          transposeInto(values, rows, { rows: outputs, columns: inputs, offset: index * outputs });
        }
        return values;
      },
    });
    return graph.matMul(x, weight);
  }

  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Int): Float {
    return graph.gather(this.#table(graph, table), ids);
  }

  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float {
    return graph.gemmTransposed(
      hidden,
      this.#table(graph, table),
      this.tensor(graph, bias, [1, table.tokens]),
    );
  }

  #table(graph: GraphBuilder, { name, tokens, width }: EmbeddingTable): Float {
    return this.tensor(graph, name, [tokens, width]);
  }
}
