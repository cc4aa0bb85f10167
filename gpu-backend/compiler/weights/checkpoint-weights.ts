import type { TensorSource } from '../checkpoint/tensor-source.ts';
import type { ExternalDataFile } from '../onnx/external-data.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { StoredTensors } from './stored-tensors.ts';
import type { EmbeddingTable, LinearSize, Weights } from './weights.ts';

type Float = Value<'float32'>;

/** What the precisions have in common: all but matrices stays as the checkpoint has it. */
export abstract class CheckpointWeights implements Weights {
  protected readonly stored: StoredTensors;

  constructor(source: TensorSource, file: ExternalDataFile) {
    this.stored = new StoredTensors(source, file);
  }

  tensor(graph: GraphBuilder, name: string, shape: number[]): Float {
    return this.stored.tensor(graph, name, shape);
  }

  biases(graph: GraphBuilder, layers: string[], outputs: number): Float {
    return this.stored.biases(graph, layers, outputs);
  }

  linear(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float {
    const product = this.product(graph, x, layer, size);
    return graph.add(product, this.biases(graph, [layer].flat(), size.outputs));
  }

  abstract product(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float;
  abstract embed(graph: GraphBuilder, table: EmbeddingTable, ids: Value<'int64'>): Float;
  abstract logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float;
}
