import type { TokenizerJson } from '../../../shared/tokenizer-json.ts';
import { CheckpointError } from './checkpoint-error.ts';

/**
 * Refuses a tokenizer that makes ids for which the model has no embedding. `<mask>` may have the id just after the last:
 * some of BlenderBot's tokenizers name it so, and no text becomes it.
 * @throws {CheckpointError} naming the first such token
 */
export function requireTokenizerFits(tokenizer: TokenizerJson, vocabSize: number): void {
  for (const [token, id] of tokensOf(tokenizer)) {
    const isUnusedMask = token === '<mask>' && id === vocabSize;
    if (id < vocabSize || isUnusedMask) continue;
    const cause = `${JSON.stringify(token)} has the id ${id}, config.json's vocab_size is ${vocabSize}`;
    throw new CheckpointError('the tokenizer', `does not fit the model: ${cause}`);
  }
}

function* tokensOf({ model, added_tokens }: TokenizerJson): Generator<[token: string, id: number]> {
  for (const [token, id] of Object.entries(Object((Object(model) as TokenizerJson)['vocab']))) {
    if (typeof id === 'number') yield [token, id];
  }
  if (!Array.isArray(added_tokens)) return;
  for (const added of added_tokens) {
    const { content, id } = Object(added) as { content?: unknown; id?: unknown };
    if (typeof content === 'string' && typeof id === 'number') yield [content, id];
  }
}
