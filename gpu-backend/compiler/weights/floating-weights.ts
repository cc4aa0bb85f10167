import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { FloatingType } from '../onnx/messages.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import { transposeInto } from './transpose.ts';
import type { EmbeddingTable, LinearSize } from './weights.ts';

/**
 * Weights in float32 or float16, multiplied as they are. The embedding is float32 in both: the logits are, and it is a small
 * part of what a step reads.
 */
export class FloatingWeights<T extends FloatingType> extends CheckpointWeights<T> {
  protected product(
    graph: GraphBuilder,
    x: Value<T>,
    layer: string | string[],
    { inputs, outputs }: LinearSize,
  ): Value<T> {
    const layers = [layer].flat();
    for (const name of layers) this.stored.require(`${name}.weight`, [outputs, inputs]);
    const columns = layers.length * outputs;
    // MatMul wants [inputs, outputs]; the checkpoint has it the other way round.
    const weight = this.stored.floats(graph, `${layers.join('+')}.weight/transposed`, {
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

  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Value<'int64'>): Value<T> {
    return graph.cast(graph.gather(this.#table(graph, table), ids), this.hiddenType);
  }

  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Value<T>, bias: string): Value<'float32'> {
    const biases = this.stored.float32Tensor(graph, bias, [1, table.tokens]);
    return graph.gemmTransposed(graph.cast(hidden, 'float32'), this.#table(graph, table), biases);
  }

  #table(graph: GraphBuilder, { name, tokens, width }: EmbeddingTable): Value<'float32'> {
    return this.stored.float32Tensor(graph, name, [tokens, width]);
  }
}
