import type { Hidden, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { FloatingType } from '../onnx/messages.ts';

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
  /** The type of hidden states, and of all that is returned here but the logits. */
  readonly hiddenType: FloatingType;
  /** A tensor as the checkpoint has it: a bias, a norm's scale, positions. */
  tensor(graph: GraphBuilder, name: string, shape: number[]): Hidden;
  /**
   * x · Wᵀ + b; x is [..., inputs]. Several layers of one size are one product, its results side by side:
   * [..., layers × outputs].
   */
  linear(graph: GraphBuilder, x: Hidden, layer: string | string[], size: LinearSize): Hidden;
  /** The table's rows for `ids` [batch, tokens]: [batch, tokens, width]. */
  embed(graph: GraphBuilder, table: EmbeddingTable, ids: Int): Hidden;
  /** hidden · tableᵀ + bias; hidden is [rows, width], the tensor `bias` [1, tokens], the logits [rows, tokens]. */
  logits(graph: GraphBuilder, table: EmbeddingTable, hidden: Hidden, bias: string): Value<'float32'>;
}
