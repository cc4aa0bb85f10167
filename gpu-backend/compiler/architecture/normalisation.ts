import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Float = Value<'float32'>;

/** Applies the checkpoint's layer norm of that name. */
export type LayerNorm = (x: Float, name: string) => Float;

export interface Embedding {
  side: 'model.encoder' | 'model.decoder';
  /** Scaled embeddings of the tokens, and of their positions. */
  tokens: Float;
  positions: Float;
}

/** Where a family normalises: all that tells the graphs of Blenderbot and BlenderbotSmall apart. */
export interface Normalisation {
  /** What goes into the first layer. */
  embed(g: GraphBuilder, embedding: Embedding, norm: LayerNorm): Float;
  /** A block (attention, feed-forward) around its residual connection. `name` is the block's layer norm. */
  residual(g: GraphBuilder, x: Float, name: string, norm: LayerNorm, block: (input: Float) => Float): Float;
  /** What comes out of the last layer. */
  finish(x: Float, side: Embedding['side'], norm: LayerNorm): Float;
}

/** Blenderbot: before each block, and after the last. */
export const NORMALISE_BEFORE: Normalisation = {
  embed: (g, { tokens, positions }) => g.add(tokens, positions),
  residual: (g, x, name, norm, block) => g.add(x, block(norm(x, name))),
  finish: (x, side, norm) => norm(x, `${side}.layer_norm`),
};

/** BlenderbotSmall: after each block, and the embeddings too; the decoder's before their positions are added. */
export const NORMALISE_AFTER: Normalisation = {
  embed(g, { side, tokens, positions }, norm) {
    const name = `${side}.layernorm_embedding`;
    if (side === 'model.encoder') return norm(g.add(tokens, positions), name);
    return g.add(norm(tokens, name), positions);
  },
  residual: (g, x, name, norm, block) => norm(g.add(x, block(x)), name),
  finish: (x) => x,
};
