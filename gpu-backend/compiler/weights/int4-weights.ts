import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import { type BlockSize, quantizeBlocks } from './quantize-blocks.ts';
import type { EmbeddingTable, LinearSize } from './weights.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/** The layers' blocks: the longest whose quality is good enough, for every block's end costs time. */
const LAYERS: BlockSize = { bits: 4, block: 128 };
/** The embedding's: its errors go straight into the logits, and it is a small part of the whole. */
const EMBEDDING: BlockSize = { bits: 8, block: 128 };

/** Matrices [outputs, inputs] in integers and the scales of their blocks. */
interface QuantizedMatrix {
  values: Value<'uint8'>;
  scales: Float;
}

/** Layers in 4 bits with one scale per block of a row, the embedding in 8 bits. */
export class Int4Weights extends CheckpointWeights<'float32'> {
  protected product(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float {
    return this.#multiply(graph, x, [layer].flat(), size);
  }

  override linear(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float {
    const layers = [layer].flat();
    return this.#multiply(graph, x, layers, size, this.biases(graph, layers, size.outputs));
  }

  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Int): Float {
    const { values, scales } = this.#table(graph, table);
    const blocks = Math.ceil(table.width / EMBEDDING.block);
    const middle = graph.float(1 << (EMBEDDING.bits - 1));
    const integers = graph.sub(graph.cast(graph.gather(values, ids), 'float32'), middle);
    const byToken = graph.reshape(scales, graph.ints(table.tokens, blocks, 1));
    const rows = graph.mul(integers, graph.gather(byToken, ids));
    const flat = graph.reshape(rows, graph.ints(0, 0, blocks * EMBEDDING.block));
    return graph.slice(flat, -1, graph.ints(0), graph.ints(table.width));
  }

  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float {
    const flatBias = graph.squeeze(this.tensor(graph, bias, [1, table.tokens]), 0);
    const matrix = { ...this.#table(graph, table), bias: flatBias };
    return graph.blockQuantizedMatMul(hidden, matrix, { k: table.width, n: table.tokens, ...EMBEDDING });
  }

  #multiply(graph: GraphBuilder, x: Float, layers: string[], size: LinearSize, bias?: Float): Float {
    const names = layers.map((name) => `${name}.weight`);
    const matrix = { ...this.#matrix(graph, names, size, LAYERS), bias };
    const shape = { k: size.inputs, n: layers.length * size.outputs, ...LAYERS };
    return graph.blockQuantizedMatMul(x, matrix, shape);
  }

  #table(graph: GraphBuilder, { name, tokens, width }: EmbeddingTable): QuantizedMatrix {
    return this.#matrix(graph, [name], { inputs: width, outputs: tokens }, EMBEDDING);
  }

  /** Matrices one below the other. */
  #matrix(
    graph: GraphBuilder,
    names: string[],
    { inputs, outputs }: LinearSize,
    { bits, block }: BlockSize,
  ): QuantizedMatrix {
    for (const name of names) this.stored.require(name, [outputs, inputs]);
    const blocks = Math.ceil(inputs / block);
    const rows = names.length * outputs;
    const blockBytes = (block * bits) / 8;
    const forms = {
      values: { type: 'uint8', shape: [rows, blocks, blockBytes] },
      scales: { type: 'float32', shape: [rows * blocks] },
    } as const;
    return this.stored.initializers(graph, names.join('+'), forms, async () => {
      const values = new Uint8Array(rows * blocks * blockBytes);
      const scales = new Float32Array(rows * blocks);
      for (const [index, name] of names.entries()) {
        const part = quantizeBlocks(await this.stored.read(name), outputs, { bits, block });
        values.set(part.bytes, index * part.bytes.length);
        scales.set(part.scales, index * part.scales.length);
      }
      return { values, scales };
    });
  }
}
