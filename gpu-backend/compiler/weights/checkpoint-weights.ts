import type { TensorSource } from '../checkpoint/tensor-source.ts';
import type { ExternalDataFile } from '../onnx/external-data.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { FloatingType } from '../onnx/messages.ts';
import { StoredTensors } from './stored-tensors.ts';
import type { EmbeddingTable, LinearSize, Weights } from './weights.ts';

/** What the precisions have in common: all but matrices stays what the checkpoint has, in the type of hidden states. */
export abstract class CheckpointWeights<T extends FloatingType> implements Weights {
  readonly hiddenType: T;
  protected readonly stored: StoredTensors<T>;

  constructor(source: TensorSource, file: ExternalDataFile, hiddenType: T) {
    this.hiddenType = hiddenType;
    this.stored = new StoredTensors(source, file, hiddenType);
  }

  tensor(graph: GraphBuilder, name: string, shape: number[]): Value<T> {
    return this.stored.tensor(graph, name, shape);
  }

  /** Biases of layers with `outputs` each, one after the other: [layers × outputs]. */
  protected biases(graph: GraphBuilder, layers: string[], outputs: number): Value<T> {
    return this.stored.biases(graph, layers, outputs);
  }

  linear(graph: GraphBuilder, x: Value<T>, layer: string | string[], size: LinearSize): Value<T> {
    const product = this.product(graph, x, layer, size);
    return graph.add(product, this.biases(graph, [layer].flat(), size.outputs));
  }

  /** x · Wᵀ, otherwise as `linear`. */
  protected abstract product(
    graph: GraphBuilder,
    x: Value<T>,
    layer: string | string[],
    size: LinearSize,
  ): Value<T>;

  abstract embed(graph: GraphBuilder, table: EmbeddingTable, ids: Value<'int64'>): Value<T>;
  abstract logits(
    graph: GraphBuilder,
    table: EmbeddingTable,
    hidden: Value<T>,
    bias: string,
  ): Value<'float32'>;
}
