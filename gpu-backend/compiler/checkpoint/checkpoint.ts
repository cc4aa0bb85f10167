import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  type ModelConfig,
  ModelConfigError,
  type ModelType,
  parseModelConfig,
} from '../../../shared/model-config.ts';
import { byteLevelTokenizerJson, type TokenizerJson } from '../../../shared/tokenizer-json.ts';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
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

const SOURCE_FILES = [
  'config.json',
  'generation_config.json',
  WEIGHTS,
  'tokenizer.json',
  'vocab.json',
  'merges.txt',
];

/** @throws {CheckpointError} where a file is missing or cannot be what its name says */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const sourceFiles = await sourceFilesOf(directory);
  const requireFile = (name: string) => {
    if (!sourceFiles.includes(name)) throw new CheckpointError(name, `missing in ${directory}`);
  };
  // The configuration first: what another architecture's folder lacks is beside the point.
  requireFile('config.json');
  const rawConfig = await readJsonObject(directory, 'config.json');
  const hasGenerationConfig = sourceFiles.includes('generation_config.json');
  const rawGenerationConfig = hasGenerationConfig
    ? await readJsonObject(directory, 'generation_config.json')
    : {};
  const config = readModelConfig(rawConfig, rawGenerationConfig);
  requireFile(WEIGHTS);
  const tokenizer = await readTokenizer(directory, config.modelType);
  const weights = await openSafetensors(join(directory, WEIGHTS)).catch((error) => {
    throw describeSystemError(WEIGHTS, error);
  });
  return { rawConfig, rawGenerationConfig, config, tokenizer, weights, sourceFiles };
}

/** The files of a checkpoint that a build reads. @throws {CheckpointError} for a folder that cannot be read */
export async function sourceFilesOf(directory: string): Promise<string[]> {
  const present = await readdir(directory).catch((error) => {
    throw describeSystemError(directory, error);
  });
  return SOURCE_FILES.filter((name) => present.includes(name));
}

/**
 * tokenizer.json of a folder, or the one that its vocab.json and merges.txt make; `undefined` where it has neither.
 * BlenderbotSmall's vocabulary is of another kind, which nothing here can turn into a tokenizer yet.
 * @throws {CheckpointError} where a file cannot be what its name says
 */
export async function readTokenizer(
  directory: string,
  modelType: ModelType = 'blenderbot',
): Promise<TokenizerJson | undefined> {
  const files = await sourceFilesOf(directory);
  if (files.includes('tokenizer.json')) return readJsonObject(directory, 'tokenizer.json');
  const isLegacy = files.includes('vocab.json') && files.includes('merges.txt');
  if (!isLegacy || modelType === 'blenderbot-small') return undefined;
  const vocab = vocabSchema.safeParse(await readJson(directory, 'vocab.json'));
  if (!vocab.success) throw new CheckpointError('vocab.json', 'not an object of tokens and their ids');
  const merges = await readText(directory, 'merges.txt');
  try {
    return byteLevelTokenizerJson(vocab.data, merges);
  } catch (error) {
    throw new CheckpointError('merges.txt', (error as Error).message);
  }
}

const vocabSchema = z.record(z.string(), z.int().min(0));

async function readText(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8').catch((error) => {
    throw describeSystemError(name, error);
  });
}

async function readJson(directory: string, name: string): Promise<unknown> {
  const text = await readText(directory, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(name, `not JSON (${(error as Error).message})`);
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
    throw error instanceof ModelConfigError ? new CheckpointError(error.file, error.message) : error;
  }
}
