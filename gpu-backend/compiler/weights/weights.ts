import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/** A matrix whose row i stands for token i. */
export interface EmbeddingTable {
  name: string;
  tokens: number;
  width: number;
}

/** Size of a linear layer, by which its `weight` is [outputs, inputs] and its `bias` [outputs]. */
export interface LinearSize {
  inputs: number;
  outputs: number;
}

/**
 * The checkpoint's weights as an architecture asks for them. How a weight is stored and which kernel multiplies it is
 * decided here and nowhere else: another precision is another implementation.
 */
export interface Weights {
  /** A tensor with the checkpoint's values: a bias, a norm's scale, positions. */
  tensor(graph: GraphBuilder, name: string, shape: number[]): Float;
  /** Biases of layers with `outputs` each, one after the other: [layers × outputs]. */
  biases(graph: GraphBuilder, layers: string[], outputs: number): Float;
  /**
   * x · Wᵀ; x is [..., inputs]. Several layers of one size are one product, its results side by side:
   * [..., layers × outputs]. For where the operator that comes next adds the bias.
   */
  product(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float;
  /** x · Wᵀ + b, otherwise as `product`. */
  linear(graph: GraphBuilder, x: Float, layer: string | string[], size: LinearSize): Float;
  /** The table's rows for `ids` [batch, tokens]: [batch, tokens, width]. */
  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Int): Float;
  /** hidden · tableᵀ + bias; hidden is [rows, width], the tensor `bias` [1, tokens], the logits [rows, tokens]. */
  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Float, bias: string): Float;
}
