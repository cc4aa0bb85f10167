import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { EmbeddingTable, Weights } from '../weights/weights.ts';
import type { Architecture, DecoderCache, DecoderStep, EncoderContext } from './architecture.ts';
import type { BlenderbotConfig } from './blenderbot-config.ts';
import type { Embedding, LayerNorm, Normalisation } from './normalisation.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

const LAYER_NORM_EPSILON = 1e-5;

/**
 * Blenderbot (3B, 1B-distill, 400M-distill, 9.4B) and BlenderbotSmall (90M): a transformer with learned positions, exact
 * GELU and one embedding for both sides and the output.
 * Source: transformers' modeling_blenderbot.py and modeling_blenderbot_small.py; arXiv 2004.13637.
 */
export class Blenderbot implements Architecture {
  readonly shape: Record<string, number>;
  readonly #config: BlenderbotConfig;
  readonly #weights: Weights;
  readonly #normalisation: Normalisation;

  constructor(config: BlenderbotConfig, weights: Weights, normalisation: Normalisation) {
    this.#config = config;
    this.#weights = weights;
    this.#normalisation = normalisation;
    const { activation_function: _, scale_embedding: __, tie_word_embeddings: ___, ...sizes } = config;
    this.shape = sizes;
  }

  encode(g: GraphBuilder, inputIds: Int, attentionMask: Int): EncoderContext {
    const { encoder_layers, encoder_attention_heads: heads, encoder_ffn_dim: ffn } = this.#config;
    const mask = g.cast(attentionMask, 'int32');
    const positions = g.range(g.squeeze(g.size(inputIds, 1), 0));
    let hidden = g.scope('encoder.embed', () => this.#embed(g, 'model.encoder', inputIds, positions));
    for (let layer = 0; layer < encoder_layers; layer++) {
      const name = `model.encoder.layers.${layer}`;
      hidden = g.scope(name, () => {
        const attended = this.#residual(g, hidden, `${name}.self_attn_layer_norm`, (x) => {
          const project = (part: string) => this.#project(g, x, `${name}.self_attn.${part}_proj`);
          const output = attention(g, {
            query: project('q'),
            key: project('k'),
            value: project('v'),
            mask,
            heads,
          });
          return this.#project(g, output, `${name}.self_attn.out_proj`);
        });
        return this.#feedForward(g, attended, name, ffn);
      });
    }
    const encoded = this.#normalisation.finish(hidden, 'model.encoder', this.#layerNorm(g));
    return { mask, ...this.#crossKeysAndValues(g, encoded) };
  }

  emptyCache(g: GraphBuilder, rows: Int): DecoderCache {
    const { decoder_layers, decoder_attention_heads: heads } = this.#config;
    const shape = g.concat([rows, g.ints(heads, 0, this.#headSize(heads))], 0);
    const empty = g.expand(g.float(0), shape);
    const names = Array.from({ length: decoder_layers }, (_, layer) => [
      `past_key_${layer}`,
      `past_value_${layer}`,
    ]);
    return Object.fromEntries(names.flat().map((name) => [name, empty]));
  }

  decode(
    g: GraphBuilder,
    { tokens, position, context, cache }: DecoderStep,
  ): { logits: Float; cache: DecoderCache } {
    const { decoder_layers, d_model } = this.#config;
    // Hidden states stay [batch, beams, d]: a beam is a query position of its row's cross-attention.
    let hidden = g.scope('decoder.embed', () => this.#embed(g, 'model.decoder', tokens, position));
    const grown: DecoderCache = {};
    for (let layer = 0; layer < decoder_layers; layer++) {
      const name = `model.decoder.layers.${layer}`;
      hidden = g.scope(name, () => this.#decoderLayer(g, { hidden, layer, name, context, cache, grown }));
    }
    return g.scope('lm_head', () => {
      const last = g.reshape(
        this.#normalisation.finish(hidden, 'model.decoder', this.#layerNorm(g)),
        g.ints(-1, d_model),
      );
      return {
        logits: this.#weights.logits(g, this.#sharedEmbedding, last, 'final_logits_bias'),
        cache: grown,
      };
    });
  }

  #decoderLayer(
    g: GraphBuilder,
    {
      hidden,
      layer,
      name,
      context,
      cache,
      grown,
    }: {
      hidden: Float;
      layer: number;
      name: string;
      context: EncoderContext;
      cache: DecoderCache;
      /** Gets this layer's keys and values with the new token's added. */
      grown: DecoderCache;
    },
  ): Float {
    const { d_model, decoder_attention_heads: heads, decoder_ffn_dim: ffn } = this.#config;
    const afterSelf = this.#residual(g, hidden, `${name}.self_attn_layer_norm`, (x) => {
      // Self-attention looks at one beam's own past: every beam is a row with one query.
      const project = (part: string) =>
        g.reshape(this.#project(g, x, `${name}.self_attn.${part}_proj`), g.ints(-1, 1, d_model));
      const { output, key, value } = attentionWithPast(g, {
        query: project('q'),
        key: project('k'),
        value: project('v'),
        pastKey: cache[`past_key_${layer}`]!,
        pastValue: cache[`past_value_${layer}`]!,
        heads,
      });
      grown[`past_key_${layer}`] = key;
      grown[`past_value_${layer}`] = value;
      const byRow = g.reshape(output, g.concat([g.size(x, 0), g.ints(-1, d_model)], 0));
      return this.#project(g, byRow, `${name}.self_attn.out_proj`);
    });
    const afterCross = this.#residual(g, afterSelf, `${name}.encoder_attn_layer_norm`, (x) => {
      const output = attention(g, {
        query: this.#project(g, x, `${name}.encoder_attn.q_proj`),
        key: context[`cross_key_${layer}`] as Float,
        value: context[`cross_value_${layer}`] as Float,
        mask: context['mask'] as Value<'int32'>,
        heads,
      });
      return this.#project(g, output, `${name}.encoder_attn.out_proj`);
    });
    return this.#feedForward(g, afterCross, name, ffn);
  }

  /** Keys and values of every decoder layer's cross-attention, [batch, heads, source, head size]. */
  #crossKeysAndValues(g: GraphBuilder, encoded: Float): Record<string, Float> {
    const { decoder_layers, decoder_attention_heads: heads } = this.#config;
    const split = g.concat([g.size(encoded, 0), g.ints(-1, heads, this.#headSize(heads))], 0);
    const result: Record<string, Float> = {};
    for (let layer = 0; layer < decoder_layers; layer++) {
      for (const part of ['key', 'value']) {
        const name = `model.decoder.layers.${layer}.encoder_attn.${part[0]}_proj`;
        const projected = g.scope(name, () => this.#project(g, encoded, name));
        result[`cross_${part}_${layer}`] = g.transpose(g.reshape(projected, split), [0, 2, 1, 3]);
      }
    }
    return result;
  }

  #embed(g: GraphBuilder, side: Embedding['side'], ids: Int, positions: Int): Float {
    const { d_model, max_position_embeddings, scale_embedding } = this.#config;
    const tokens = this.#weights.embed(g, this.#sharedEmbedding, ids);
    const scaled = scale_embedding ? g.mul(tokens, g.float(Math.sqrt(d_model))) : tokens;
    const table = this.#weights.tensor(g, `${side}.embed_positions.weight`, [
      max_position_embeddings,
      d_model,
    ]);
    const embedding = { side, tokens: scaled, positions: g.gather(table, positions) };
    return this.#normalisation.embed(g, embedding, this.#layerNorm(g));
  }

  get #sharedEmbedding(): EmbeddingTable {
    const { vocab_size: tokens, d_model: width } = this.#config;
    return { name: 'model.shared.weight', tokens, width };
  }

  #feedForward(g: GraphBuilder, hidden: Float, name: string, ffn: number): Float {
    const { d_model } = this.#config;
    return this.#residual(g, hidden, `${name}.final_layer_norm`, (x) => {
      const inner = g.gelu(this.#weights.linear(g, x, `${name}.fc1`, { inputs: d_model, outputs: ffn }));
      return this.#weights.linear(g, inner, `${name}.fc2`, { inputs: ffn, outputs: d_model });
    });
  }

  #residual(g: GraphBuilder, x: Float, name: string, block: (input: Float) => Float): Float {
    return this.#normalisation.residual(g, x, name, this.#layerNorm(g), block);
  }

  #project(g: GraphBuilder, x: Float, layer: string): Float {
    const { d_model } = this.#config;
    return this.#weights.linear(g, x, layer, { inputs: d_model, outputs: d_model });
  }

  #layerNorm(g: GraphBuilder): LayerNorm {
    return (x, name) => {
      const part = (kind: string) => this.#weights.tensor(g, `${name}.${kind}`, [this.#config.d_model]);
      return g.layerNorm(x, part('weight'), part('bias'), LAYER_NORM_EPSILON);
    };
  }

  #headSize(heads: number): number {
    return this.#config.d_model / heads;
  }
}

interface Attention {
  query: Float;
  key: Float;
  value: Float;
  heads: number;
}

// Both are ONNX Runtime's fused MultiHeadAttention, which scales by 1/√(head size):
// inputs query, key, value, bias, key padding mask, attention bias, past key, past value.

/** Attention of [batch, queries, d] over [batch, source, d] (or split by heads) where `mask` [batch, source] is 1. */
function attention(
  g: GraphBuilder,
  { query, key, value, mask, heads }: Attention & { mask: Value<'int32'> },
): Float {
  return g.node('MultiHeadAttention', [query, key, value, undefined, mask], 'float32', contrib(heads));
}

/** Attention of one new token over itself and the past [rows, heads, length, head size], which grows by it. */
function attentionWithPast(
  g: GraphBuilder,
  { query, key, value, pastKey, pastValue, heads }: Attention & { pastKey: Float; pastValue: Float },
): { output: Float; key: Float; value: Float } {
  const inputs = [query, key, value, undefined, undefined, undefined, pastKey, pastValue];
  const outputs = g.nodeWithOutputs(
    'MultiHeadAttention',
    inputs,
    ['float32', 'float32', 'float32'],
    contrib(heads),
  );
  return { output: outputs[0]!, key: outputs[1]!, value: outputs[2]! };
}

function contrib(heads: number) {
  return { domain: 'com.microsoft', attributes: { num_heads: { int: heads } } };
}
