import type { Hidden, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/** What the decoder needs of the encoder; the same in every step. */
export type EncoderContext = Record<string, Value>;

/**
 * Keys and values of the tokens so far: for each row of the batch, entries of all of its beams. It grows by one entry a beam in
 * every step and is never reordered: `ancestry` tells a beam which entries are its own.
 */
export type DecoderCache = Record<string, Hidden>;

export interface DecoderStep {
  /** The newest token of each beam, [batch, beams]. */
  tokens: Int;
  /** Where these tokens stand, counted from the start token's 0: [1]. */
  position: Int;
  context: EncoderContext;
  cache: DecoderCache;
  /** [batch, beams, entries], the step's own entries included: 0 where a beam descends from an entry, else very low. */
  ancestry: Float;
}

/** An encoder-decoder network as the search sees it. Another family of checkpoints is another implementation. */
export interface Architecture {
  /** What the manifest tells of the network's size. */
  readonly shape: Record<string, number>;
  /** Reads `input_ids` [batch, source] where `attention_mask` [batch, source] is 1. */
  encode(graph: GraphBuilder, inputIds: Int, attentionMask: Int): EncoderContext;
  /** The cache before the first token. `batch` is [1]. */
  emptyCache(graph: GraphBuilder, batch: Int): DecoderCache;
  /** One step of the decoder: logits [batch × beams, vocabulary] and the grown cache. */
  decode(graph: GraphBuilder, step: DecoderStep): { logits: Float; cache: DecoderCache };
}
