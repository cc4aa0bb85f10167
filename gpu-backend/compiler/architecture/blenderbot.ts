import type { Hidden, Value } from '../onnx/graph.ts';
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
          const [query, key, value] = this.#queryKeyValue(g, x, `${name}.self_attn`);
          const output = attention(g, { query, key, value, mask, heads });
          return this.#project(g, output, `${name}.self_attn.out_proj`);
        });
        return this.#feedForward(g, attended, name, ffn);
      });
    }
    const encoded = this.#normalisation.finish(hidden, 'model.encoder', this.#layerNorm(g));
    return { mask, ...this.#crossKeysAndValues(g, encoded) };
  }

  emptyCache(g: GraphBuilder, batch: Int): DecoderCache {
    const { decoder_layers, decoder_attention_heads: heads } = this.#config;
    const shape = g.concat([batch, g.ints(heads, 0, this.#headSize(heads))], 0);
    const empty = g.expand(g.number(0, this.#weights.hiddenType), shape);
    const names = Array.from({ length: decoder_layers }, (_, layer) => [
      `past_key_${layer}`,
      `past_value_${layer}`,
    ]);
    return Object.fromEntries(names.flat().map((name) => [name, empty]));
  }

  decode(
    g: GraphBuilder,
    { tokens, position, context, cache, ancestry }: DecoderStep,
  ): { logits: Float; cache: DecoderCache } {
    const { decoder_layers, d_model } = this.#config;
    // Hidden states stay [batch, beams, d]: a beam is a query position of its row's attention, to itself and to the
    // encoder.
    let hidden = g.scope('decoder.embed', () => this.#embed(g, 'model.decoder', tokens, position));
    const visible = g.unsqueeze(g.cast(ancestry, this.#weights.hiddenType), 1);
    const grown: DecoderCache = {};
    for (let layer = 0; layer < decoder_layers; layer++) {
      const name = `model.decoder.layers.${layer}`;
      hidden = g.scope(name, () =>
        this.#decoderLayer(g, { hidden, layer, name, context, cache, visible, grown }),
      );
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
      visible,
      grown,
    }: {
      hidden: Hidden;
      layer: number;
      name: string;
      context: EncoderContext;
      cache: DecoderCache;
      /** Added to the self-attention's scores: [batch, 1, beams, entries]. */
      visible: Hidden;
      /** Gets this layer's keys and values with the new tokens' added. */
      grown: DecoderCache;
    },
  ): Hidden {
    const { decoder_attention_heads: heads, decoder_ffn_dim: ffn } = this.#config;
    const afterSelf = this.#residual(g, hidden, `${name}.self_attn_layer_norm`, (x) => {
      const [query, key, value] = this.#queryKeyValue(g, x, `${name}.self_attn`);
      const { output, grownKey, grownValue } = attentionWithPast(g, {
        query,
        key,
        value,
        visible,
        pastKey: cache[`past_key_${layer}`]!,
        pastValue: cache[`past_value_${layer}`]!,
        heads,
      });
      grown[`past_key_${layer}`] = grownKey;
      grown[`past_value_${layer}`] = grownValue;
      return this.#project(g, output, `${name}.self_attn.out_proj`);
    });
    const afterCross = this.#residual(g, afterSelf, `${name}.encoder_attn_layer_norm`, (x) => {
      const output = attention(g, {
        query: this.#project(g, x, `${name}.encoder_attn.q_proj`),
        key: context[`cross_key_${layer}`] as Hidden,
        value: context[`cross_value_${layer}`] as Hidden,
        mask: context['mask'] as Value<'int32'>,
        heads,
      });
      return this.#project(g, output, `${name}.encoder_attn.out_proj`);
    });
    return this.#feedForward(g, afterCross, name, ffn);
  }

  /** Keys and values of every decoder layer's cross-attention, [batch, heads, source, head size]. */
  #crossKeysAndValues(g: GraphBuilder, encoded: Hidden): Record<string, Hidden> {
    const { d_model, decoder_layers, decoder_attention_heads: heads } = this.#config;
    const split = g.concat([g.size(encoded, 0), g.ints(-1, heads, this.#headSize(heads))], 0);
    const result: Record<string, Hidden> = {};
    for (let layer = 0; layer < decoder_layers; layer++) {
      const name = `model.decoder.layers.${layer}.encoder_attn`;
      g.scope(name, () => {
        const parts = ['k', 'v'].map((part) => `${name}.${part}_proj`);
        const both = this.#project(g, encoded, parts);
        g.split(both, [d_model, d_model]).forEach((projected, index) => {
          const part = ['key', 'value'][index];
          result[`cross_${part}_${layer}`] = g.transpose(g.reshape(projected, split), [0, 2, 1, 3]);
        });
      });
    }
    return result;
  }

  #embed(g: GraphBuilder, side: Embedding['side'], ids: Int, positions: Int): Hidden {
    const { d_model, max_position_embeddings, scale_embedding } = this.#config;
    const tokens = this.#weights.embed(g, this.#sharedEmbedding, ids);
    const scaled = scale_embedding ? g.mul(tokens, g.number(Math.sqrt(d_model), tokens.type)) : tokens;
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

  #feedForward(g: GraphBuilder, hidden: Hidden, name: string, ffn: number): Hidden {
    const { d_model } = this.#config;
    return this.#residual(g, hidden, `${name}.final_layer_norm`, (x) => {
      const inner = g.gelu(this.#weights.linear(g, x, `${name}.fc1`, { inputs: d_model, outputs: ffn }));
      return this.#weights.linear(g, inner, `${name}.fc2`, { inputs: ffn, outputs: d_model });
    });
  }

  #residual(g: GraphBuilder, x: Hidden, norm: string, compute: (input: Hidden) => Hidden): Hidden {
    return this.#normalisation.residual(g, x, { norm, compute }, this.#layerNorm(g));
  }

  #queryKeyValue(g: GraphBuilder, x: Hidden, name: string): [Hidden, Hidden, Hidden] {
    const { d_model } = this.#config;
    const all = this.#project(
      g,
      x,
      ['q', 'k', 'v'].map((part) => `${name}.${part}_proj`),
    );
    return g.split(all, [d_model, d_model, d_model]) as [Hidden, Hidden, Hidden];
  }

  /** Layers that keep the width; several are one product. */
  #project(g: GraphBuilder, x: Hidden, layer: string | string[]): Hidden {
    const { d_model } = this.#config;
    return this.#weights.linear(g, x, layer, { inputs: d_model, outputs: d_model });
  }

  #layerNorm(g: GraphBuilder): LayerNorm {
    return (x, name) => {
      const part = (kind: string) => this.#weights.tensor(g, `${name}.${kind}`, [this.#config.d_model]);
      return g.layerNorm(x, { scale: part('weight'), bias: part('bias'), epsilon: LAYER_NORM_EPSILON });
    };
  }

  #headSize(heads: number): number {
    return this.#config.d_model / heads;
  }
}

interface Attention {
  query: Hidden;
  key: Hidden;
  value: Hidden;
  heads: number;
}

// Both are ONNX Runtime's fused MultiHeadAttention, which scales by 1/√(head size):
// inputs query, key, value, bias, key padding mask, attention bias, past key, past value.

/** Attention of [batch, queries, d] over [batch, source, d] (or split by heads) where `mask` [batch, source] is 1. */
function attention(
  g: GraphBuilder,
  { query, key, value, mask, heads }: Attention & { mask: Value<'int32'> },
): Hidden {
  return g.node('MultiHeadAttention', [query, key, value, undefined, mask], query.type, contrib(heads));
}

/**
 * Attention of new tokens [batch, queries, d] over the past [batch, heads, entries, head size] and themselves. The new
 * tokens' keys and values are added to the past's as so many entries; `visible` [batch, 1, queries, entries] is added to the
 * scores.
 */
function attentionWithPast(
  g: GraphBuilder,
  {
    query,
    key,
    value,
    visible,
    pastKey,
    pastValue,
    heads,
  }: Attention & { visible: Hidden; pastKey: Hidden; pastValue: Hidden },
): { output: Hidden; grownKey: Hidden; grownValue: Hidden } {
  const inputs = [query, key, value, undefined, undefined, visible, pastKey, pastValue];
  const types = [query.type, query.type, query.type];
  const outputs = g.nodeWithOutputs('MultiHeadAttention', inputs, types, contrib(heads));
  return { output: outputs[0]!, grownKey: outputs[1]!, grownValue: outputs[2]! };
}

function contrib(heads: number) {
  return { domain: 'com.microsoft', attributes: { num_heads: { int: heads } } };
}
