import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type ModelConfig, type ModelType, parseModelConfig } from '../../../shared/model-config.ts';
import { byteLevelTokenizerJson, type TokenizerJson } from '../../../shared/tokenizer-json.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { openSafetensors } from './safetensors.ts';
import type { TensorSource } from './tensor-source.ts';

/** A checkpoint folder in Hugging Face's layout, its small files read and its weights open. */
export interface Checkpoint {
  /** config.json as it stands; each architecture reads its own fields from it. */
  rawConfig: object;
  rawGenerationConfig: object;
  config: ModelConfig;
  tokenizer: TokenizerJson | undefined;
  weights: TensorSource;
  /** The files that the compiled model depends on. */
  sourceFiles: string[];
}

const WEIGHTS = 'model.safetensors';

/** @throws {CheckpointError} where a file is missing or cannot be what its name says */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const present = await listFiles(directory);
  const require = (name: string) => {
    if (!present.has(name)) throw new CheckpointError(name, `missing in ${directory}`);
  };
  // The configuration first: what another architecture's folder lacks is beside the point.
  require('config.json');
  const rawConfig = await readJsonObject(directory, 'config.json');
  const hasGenerationConfig = present.has('generation_config.json');
  const rawGenerationConfig = hasGenerationConfig
    ? await readJsonObject(directory, 'generation_config.json')
    : {};
  const config = readModelConfig(rawConfig, rawGenerationConfig);
  require(WEIGHTS);
  const tokenizerFiles = ['tokenizer.json', 'vocab.json', 'merges.txt'].filter((name) => present.has(name));
  return {
    rawConfig,
    rawGenerationConfig,
    config,
    tokenizer: await readTokenizer(directory, config.modelType),
    weights: await openSafetensors(join(directory, WEIGHTS)),
    sourceFiles: ['config.json', 'generation_config.json', WEIGHTS, ...tokenizerFiles].filter((n) =>
      present.has(n),
    ),
  };
}

/**
 * tokenizer.json of a folder, or the one that its vocab.json and merges.txt make; `undefined` where it has neither.
 * BlenderbotSmall's vocabulary is of another kind, which nothing here can turn into a tokenizer yet.
 */
export async function readTokenizer(
  directory: string,
  modelType: ModelType = 'blenderbot',
): Promise<TokenizerJson | undefined> {
  const files = await listFiles(directory);
  if (files.has('tokenizer.json')) return readJsonObject(directory, 'tokenizer.json');
  if (!files.has('vocab.json') || !files.has('merges.txt') || modelType === 'blenderbot-small')
    return undefined;
  const vocab = vocabSchema.safeParse(await readJson(directory, 'vocab.json'));
  if (!vocab.success) throw new CheckpointError('vocab.json', 'not an object of tokens and their ids');
  const merges = await readFile(join(directory, 'merges.txt'), 'utf8');
  try {
    return byteLevelTokenizerJson(vocab.data, merges);
  } catch (error) {
    throw new CheckpointError('merges.txt', (error as Error).message);
  }
}

const vocabSchema = z.record(z.string(), z.int().min(0));

async function listFiles(directory: string): Promise<Set<string>> {
  try {
    return new Set(await readdir(directory));
  } catch {
    throw new CheckpointError(directory, 'no such folder');
  }
}

async function readJson(directory: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(directory, name), 'utf8'));
  } catch (error) {
    throw new CheckpointError(
      name,
      error instanceof SyntaxError ? `not JSON (${error.message})` : 'cannot be read',
    );
  }
}

async function readJsonObject(directory: string, name: string): Promise<Record<string, unknown>> {
  const value = z.record(z.string(), z.unknown()).safeParse(await readJson(directory, name));
  if (!value.success) throw new CheckpointError(name, 'not a JSON object');
  return value.data;
}

function readModelConfig(config: object, generationConfig: object): ModelConfig {
  try {
    return parseModelConfig(config, generationConfig);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0]!;
    throw new CheckpointError('config.json', `${issue.path.join('.')} ${issue.message}`);
  }
}
