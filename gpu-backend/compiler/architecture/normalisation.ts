import type { Hidden } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** What a block (attention, feed-forward) adds to the residual stream: `value` + `bias`. */
export interface Update {
  value: Hidden;
  bias: Hidden;
}

/**
 * The residual connection that runs through all layers. The newest update may be pending: one fused operator then adds it
 * together with the normalisation that comes next.
 */
export interface ResidualStream {
  sum: Hidden;
  pending?: Update;
}

/** The checkpoint's layer norms by name. */
export interface LayerNorms {
  normalise(x: Hidden, name: string): Hidden;
  /** norm(x + update), and x + update itself. */
  addAndNormalise(x: Hidden, update: Update, name: string): { normalised: Hidden; sum: Hidden };
}

export interface Embedding {
  side: 'model.encoder' | 'model.decoder';
  /** Scaled embeddings of the tokens, and of their positions. */
  tokens: Hidden;
  positions: Hidden;
}

/** `norm` is the name of the block's layer norm. */
export interface Block {
  norm: string;
  compute: (input: Hidden) => Update;
}

/** Where a family normalises: all that tells the graphs of Blenderbot and BlenderbotSmall apart. */
export interface Normalisation {
  /** What goes into the first layer. */
  embed(g: GraphBuilder, embedding: Embedding, norms: LayerNorms): ResidualStream;
  /** A block around its residual connection. */
  block(stream: ResidualStream, block: Block, norms: LayerNorms): ResidualStream;
  /** What comes out of the last layer. */
  finish(stream: ResidualStream, side: Embedding['side'], norms: LayerNorms): Hidden;
}

/** Blenderbot: before each block, and after the last. */
export const NORMALISE_BEFORE: Normalisation = {
  embed: (g, { tokens, positions }) => ({ sum: g.add(tokens, positions) }),
  block(stream, { norm, compute }, norms) {
    const { normalised, sum } = settle(stream, norm, norms);
    return { sum, pending: compute(normalised) };
  },
  finish: (stream, side, norms) => settle(stream, `${side}.layer_norm`, norms).normalised,
};

/** BlenderbotSmall: after each block, and the embeddings too; the decoder's before their positions are added. */
export const NORMALISE_AFTER: Normalisation = {
  embed(g, { side, tokens, positions }, norms) {
    const name = `${side}.layernorm_embedding`;
    if (side === 'model.encoder') return { sum: norms.normalise(g.add(tokens, positions), name) };
    return { sum: g.add(norms.normalise(tokens, name), positions) };
  },
  block: ({ sum }, { norm, compute }, norms) => ({
    sum: norms.addAndNormalise(sum, compute(sum), norm).normalised,
  }),
  finish: ({ sum }) => sum,
};

function settle({ sum, pending }: ResidualStream, norm: string, norms: LayerNorms) {
  if (pending === undefined) return { normalised: norms.normalise(sum, norm), sum };
  return norms.addAndNormalise(sum, pending, norm);
}
