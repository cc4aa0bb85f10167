/** ParlAI's names of a layer's parts, and transformers'. */
const ENCODER_PARTS: Record<string, string> = {
  attention: 'self_attn',
  norm1: 'self_attn_layer_norm',
  norm2: 'final_layer_norm',
};
const DECODER_PARTS: Record<string, string> = {
  self_attention: 'self_attn',
  norm1: 'self_attn_layer_norm',
  encoder_attention: 'encoder_attn',
  norm2: 'encoder_attn_layer_norm',
  norm3: 'final_layer_norm',
};

const LAYER_PART = /^(encoder|decoder)\.layers\.(\d+)\.(\w+)\.(.+)$/;

/**
 * Transformers' name of a tensor that ParlAI names so; `undefined` for what is no part of the network: the buffer with the
 * start token, and the encoder's and decoder's copies of the embedding. An unknown name is only
 * put below "model.".
 * Source: ParlAI's transformer modules, transformers' modeling_blenderbot.py.
 */
export function parlaiTensorName(name: string, variant: 'prelayernorm' | 'xlm'): string | undefined {
  if (name === 'START' || /^(encoder|decoder)\.embeddings\.weight$/.test(name)) return undefined;
  if (name === 'embeddings.weight') return 'model.shared.weight';
  const layer = LAYER_PART.exec(name);
  if (layer === null) {
    // One name for two things: the normalisation after the last layer, or of the embeddings.
    const norm = variant === 'prelayernorm' ? 'layer_norm' : 'layernorm_embedding';
    return `model.${name.replace('position_embeddings', 'embed_positions').replace('norm_embeddings', norm)}`;
  }
  const [, side, index, part, rest] = layer as unknown as [string, string, string, string, string];
  const prefix = `model.${side}.layers.${index}`;
  if (part === 'ffn') return `${prefix}.${rest.replace(/^lin/, 'fc')}`;
  const parts = side === 'encoder' ? ENCODER_PARTS : DECODER_PARTS;
  return `${prefix}.${Object.hasOwn(parts, part) ? parts[part] : part}.${rest.replace(/^(q|k|v|out)_lin\b/, '$1_proj')}`;
}
