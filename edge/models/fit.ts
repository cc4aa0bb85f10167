import type { ModelConfig } from '../../shared/model-config.ts';

/** What a backend says of a model, by the names of its metadata's `properties`. A Triton says nothing of the kind. */
export type ModelProperties = Record<string, string>;

/** What must be the same in two models that one edge encodes for. */
const SHARED: Record<string, string> = {
  model_type: 'is a',
  vocab_size: 'has a vocabulary of',
  max_positions: 'reads tokens:',
  tokenizer_sha256: 'has the tokenizer',
};

/**
 * What a second model must have in common with the one whose tokenizer and limits are bundled.
 * @param served what backends say of that one: the tokenizer's hash is known there alone
 */
export function sharedProperties(config: ModelConfig, served: ModelProperties | null): ModelProperties {
  const tokenizer = served?.['tokenizer_sha256'];
  return {
    model_type: config.modelType,
    vocab_size: String(config.vocabSize),
    max_positions: String(config.maxPositions),
    ...(tokenizer !== undefined && { tokenizer_sha256: tokenizer }),
  };
}

/** Why a model cannot be spoken to with what is bundled; null where nothing speaks against it. */
export function whyUnfit(model: ModelProperties, shared: ModelProperties): string | null {
  for (const [name, words] of Object.entries(SHARED)) {
    const [its, ours] = [model[name], shared[name]];
    if (its === undefined || ours === undefined || its === ours) continue;
    return `it ${words} ${its.slice(0, 64)}, the model that is served ${ours}`;
  }
  return null;
}
