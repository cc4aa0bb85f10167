import type { Hidden } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** Applies the checkpoint's layer norm of that name. */
export type LayerNorm = (x: Hidden, name: string) => Hidden;

export interface Embedding {
  side: 'model.encoder' | 'model.decoder';
  /** Scaled embeddings of the tokens, and of their positions. */
  tokens: Hidden;
  positions: Hidden;
}

/** A block (attention, feed-forward) around which there is a residual connection. */
export interface Block {
  /** The name of the block's layer norm. */
  norm: string;
  compute: (input: Hidden) => Hidden;
}

/** Where a family normalises: all that tells the graphs of Blenderbot and BlenderbotSmall apart. */
export interface Normalisation {
  /** What goes into the first layer. */
  embed(g: GraphBuilder, embedding: Embedding, norm: LayerNorm): Hidden;
  /** x after a block and its residual connection. */
  residual(g: GraphBuilder, x: Hidden, block: Block, norm: LayerNorm): Hidden;
  /** What comes out of the last layer. */
  finish(x: Hidden, side: Embedding['side'], norm: LayerNorm): Hidden;
}

// The runtime's fused SkipLayerNormalization takes twice as long on a processor as the additions and the norm that it fuses.

/** Blenderbot: before each block, and after the last. */
export const NORMALISE_BEFORE: Normalisation = {
  embed: (g, { tokens, positions }) => g.add(tokens, positions),
  residual: (g, x, block, norm) => g.add(x, block.compute(norm(x, block.norm))),
  finish: (x, side, norm) => norm(x, `${side}.layer_norm`),
};

/** BlenderbotSmall: after each block, and the embeddings too; the decoder's before their positions are added. */
export const NORMALISE_AFTER: Normalisation = {
  embed(g, { side, tokens, positions }, norm) {
    const name = `${side}.layernorm_embedding`;
    if (side === 'model.encoder') return norm(g.add(tokens, positions), name);
    return g.add(norm(tokens, name), positions);
  },
  residual: (g, x, block, norm) => norm(g.add(x, block.compute(x)), block.norm),
  finish: (x) => x,
};
