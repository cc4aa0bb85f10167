import { readdir } from 'node:fs/promises';
import * as z from 'zod';
import type { ModelConfig } from '../../../shared/model-config.ts';
import { byteLevelTokenizerJson } from '../../../shared/tokenizer/byte-level.ts';
import { parseTokenizer } from '../../../shared/tokenizer/parse-tokenizer.ts';
import { type Merge, TokenizerError, type TokenizerJson } from '../../../shared/tokenizer/tokenizer-json.ts';
import { isWordVocabulary, wordTokenizerJson } from '../../../shared/tokenizer/word-bpe.ts';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { parseCodes, parseMerges } from './merges.ts';
import { byteLevelVocabulary, PARLAI_SPECIAL_TOKENS, parseDictionary } from './parlai-dictionary.ts';
import { readJson, readJsonObject, readText } from './small-files.ts';

const HUGGING_FACE_PAIR = ['vocab.json', 'merges.txt'] as const;
const PARLAI_WORDS = ['model.dict', 'model.dict.codecs'] as const;
const PARLAI_BYTES = ['model.dict', 'model.dict-vocab.json', 'model.dict-merges.txt'] as const;

/** Every file that a tokenizer may come from. */
export const TOKENIZER_FILES = [
  ...new Set(['tokenizer.json', ...HUGGING_FACE_PAIR, ...PARLAI_WORDS, ...PARLAI_BYTES]),
];

/**
 * The tokenizer.json of a checkpoint's folder, or the one that its vocabulary and merges make, Hugging Face's or ParlAI's;
 * `undefined` where it has none of them. For BlenderbotSmall vocab.json and merges.txt come first: the tokenizer.json
 * that lies beside them on the hub does not lower-case.
 * @param model whose tokenizer it must be, if that is known
 * @throws {CheckpointError} where a file cannot be what its name says, or the edge could not run the tokenizer
 */
export async function readTokenizer(
  directory: string,
  model?: Pick<ModelConfig, 'modelType' | 'vocabSize'>,
): Promise<TokenizerJson | undefined> {
  const found = await findTokenizer(directory);
  return found && about(found.file, () => checked(found.json, model));
}

interface FoundTokenizer {
  /** The file that has to answer for it. */
  file: string;
  json: object;
}

async function findTokenizer(directory: string): Promise<FoundTokenizer | undefined> {
  const present = await readdir(directory).catch((error) => {
    throw describeSystemError(directory, error);
  });
  const has = (names: readonly string[]) => names.every((name) => present.includes(name));

  if (has(HUGGING_FACE_PAIR)) {
    const vocab = await readVocabulary(directory, 'vocab.json');
    const isWordBpe = isWordVocabulary(vocab);
    if (isWordBpe || !has(['tokenizer.json'])) {
      const merges = await readMerges(directory, 'merges.txt');
      const make = isWordBpe ? wordTokenizerJson : byteLevelTokenizerJson;
      return { file: 'vocab.json', json: about('vocab.json', () => make(vocab, merges)) };
    }
  }
  if (has(['tokenizer.json'])) {
    return { file: 'tokenizer.json', json: await readJsonObject(directory, 'tokenizer.json') };
  }
  if (has(PARLAI_WORDS)) return readParlaiWords(directory);
  if (has(PARLAI_BYTES)) return readParlaiBytes(directory);
  return undefined;
}

async function readParlaiWords(directory: string): Promise<FoundTokenizer> {
  const dictionary = await readDictionary(directory);
  const merges = await readMerges(directory, 'model.dict.codecs', parseCodes);
  const json = about('model.dict', () => wordTokenizerJson(Object.fromEntries(dictionary), merges));
  return { file: 'model.dict', json };
}

async function readParlaiBytes(directory: string): Promise<FoundTokenizer> {
  const dictionary = await readDictionary(directory);
  const pieces = await readVocabulary(directory, 'model.dict-vocab.json');
  const merges = await readMerges(directory, 'model.dict-merges.txt');
  const vocab = about('model.dict', () => byteLevelVocabulary(dictionary, pieces));
  return { file: 'model.dict', json: byteLevelTokenizerJson(vocab, merges, PARLAI_SPECIAL_TOKENS) };
}

async function readDictionary(directory: string): Promise<Map<string, number>> {
  const text = await readText(directory, 'model.dict');
  return about('model.dict', () => parseDictionary(text));
}

async function readMerges(directory: string, name: string, parse = parseMerges): Promise<Merge[]> {
  const text = await readText(directory, name);
  return about(name, () => parse(text));
}

const vocabSchema = z.record(z.string(), z.int().min(0));

async function readVocabulary(directory: string, name: string): Promise<Record<string, number>> {
  const vocab = vocabSchema.safeParse(await readJson(directory, name));
  if (!vocab.success) throw new CheckpointError(name, 'not an object of tokens and their ids');
  return vocab.data;
}

const mergesSchema = z.array(z.union([z.tuple([z.string(), z.string()]), z.string().regex(/^[^ ]+ [^ ]+$/)]));

/** All that `parseTokenizer` leaves for later: the entries of vocabulary and merges, and whether they fit the model. */
function checked(
  value: object,
  model: Pick<ModelConfig, 'modelType' | 'vocabSize'> | undefined,
): TokenizerJson {
  const { json, family } = parseTokenizer(value);
  const { vocab, merges } = json.model;
  if (!vocabSchema.safeParse(vocab).success) {
    throw new TokenizerError('its vocabulary is not an object of tokens and their ids');
  }
  if (!mergesSchema.safeParse(merges).success) throw new TokenizerError('its merges are not pairs of tokens');
  const ids = Object.values(vocab);
  if (new Set(ids).size < ids.length) throw new TokenizerError('two of its tokens have the same id');
  if (family === 'blenderbot') requireMergedTokens(json);
  if (model === undefined) return json;

  if (family !== model.modelType) {
    throw new TokenizerError(`is a tokenizer of ${family}, where config.json says ${model.modelType}`);
  }
  const largest = ids.reduce((left, right) => Math.max(left, right), 0);
  if (largest >= model.vocabSize) {
    throw new TokenizerError(
      `its largest id is ${largest}, where config.json has a vocab_size of ${model.vocabSize}`,
    );
  }
  return json;
}

/** A byte-level token that is not there would silently take its text away. */
function requireMergedTokens({ model: { vocab, merges } }: TokenizerJson): void {
  for (const merge of merges) {
    const merged = typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    if (Object.hasOwn(vocab, merged)) continue;
    throw new TokenizerError(`its merges make ${JSON.stringify(merged)}, which its vocabulary does not have`);
  }
}

/** What `run` finds wrong, as an error about a file. */
function about<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof TokenizerError ? new CheckpointError(file, error.message) : error;
  }
}
