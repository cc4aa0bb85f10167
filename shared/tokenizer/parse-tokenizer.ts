import * as z from 'zod';
import type { ModelType } from '../model-config.ts';
import { BYTE_LEVEL_SPACE } from './byte-level.ts';
import { type Merge, TokenizerError, type TokenizerJson } from './tokenizer-json.ts';
import { isWordPipeline, NEWLINE_TOKEN, WORD_END } from './word-bpe.ts';

const step = z.looseObject({ type: z.string() });
const isPlainObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// The thousands of entries of vocabulary and merges are looked at when a model is built, not at every start.
const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ id: z.int(), content: z.string() })).nullish(),
  normalizer: step.nullish(),
  pre_tokenizer: step,
  decoder: step,
  model: z.object({
    type: z.literal('BPE'),
    end_of_word_suffix: z.string().nullish(),
    continuing_subword_prefix: z.literal('').nullish(),
    byte_fallback: z.literal(false).nullish(),
    vocab: z.custom<Record<string, number>>(isPlainObject, 'not an object of tokens and their ids'),
    merges: z.custom<Merge[]>(Array.isArray, 'not a list'),
  }),
});

/**
 * A tokenizer.json of one of the two kinds that BlenderBots have, and the family whose kind it is.
 * @throws {TokenizerError} for any other: nothing would tell that its ids are wrong
 */
export function parseTokenizer(value: unknown): { family: ModelType; json: TokenizerJson } {
  const parsed = tokenizerSchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new TokenizerError(`not a tokenizer of a BlenderBot (${path.join('.') || 'file'}: ${message})`);
  }
  const json = value as TokenizerJson;
  const isWordBpe = json.model.end_of_word_suffix === WORD_END;
  if (isWordBpe) requireWordPipeline(json);
  else requireByteLevel(json);
  requireToken(json, isWordBpe ? NEWLINE_TOKEN : BYTE_LEVEL_SPACE);
  return { family: isWordBpe ? 'blenderbot-small' : 'blenderbot', json };
}

function requireByteLevel({ normalizer, pre_tokenizer, decoder, model }: TokenizerJson): void {
  const refuse = (cause: string) => {
    throw new TokenizerError(`not a byte-level BPE as Blenderbot has (${cause})`);
  };
  if (model.end_of_word_suffix) refuse('its model has an end_of_word_suffix');
  if (pre_tokenizer.type !== 'ByteLevel') refuse('its pre_tokenizer is not "ByteLevel"');
  if (decoder.type !== 'ByteLevel') refuse('its decoder is not "ByteLevel"');
  if (normalizer) refuse('it has a normalizer');
}

/** The hub's own file, for one, does not lower-case: all capitals would be unknown. */
function requireWordPipeline(json: TokenizerJson): void {
  if (isWordPipeline(json)) return;
  throw new TokenizerError(
    "does not prepare text as BlenderbotSmall's tokenizer does; put its vocab.json and merges.txt beside it",
  );
}

function requireToken(json: TokenizerJson, token: string): void {
  if (Object.hasOwn(json.model.vocab, token)) return;
  throw new TokenizerError(
    `has no token ${JSON.stringify(token)}, which separates the turns of a conversation`,
  );
}
