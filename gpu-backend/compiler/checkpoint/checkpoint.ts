import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type ModelConfig, parseModelConfig } from '../../../shared/model-config.ts';
import { byteLevelTokenizerJson, type TokenizerJson } from '../../../shared/tokenizer-json.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { openSafetensors } from './safetensors.ts';
import type { TensorSource } from './tensor-source.ts';

/** A checkpoint folder in Hugging Face's layout, its small files read and its weights open. */
export interface Checkpoint {
  /** config.json as it stands; each architecture reads its own fields from it. */
  rawConfig: unknown;
  rawGenerationConfig: unknown;
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
  for (const required of ['config.json', WEIGHTS]) {
    if (!present.has(required)) throw new CheckpointError(required, `missing in ${directory}`);
  }
  const optionalJson = (name: string) => (present.has(name) ? readJson(directory, name) : undefined);
  const rawConfig = await readJson(directory, 'config.json');
  const rawGenerationConfig = (await optionalJson('generation_config.json')) ?? {};
  const tokenizerFiles = ['tokenizer.json', 'vocab.json', 'merges.txt'].filter((name) => present.has(name));
  return {
    rawConfig,
    rawGenerationConfig,
    config: readModelConfig(rawConfig, rawGenerationConfig),
    tokenizer: await readTokenizer(directory, present),
    weights: await openSafetensors(join(directory, WEIGHTS)),
    sourceFiles: ['config.json', 'generation_config.json', WEIGHTS, ...tokenizerFiles].filter((n) =>
      present.has(n),
    ),
  };
}

/** tokenizer.json of a folder, or the one that its vocab.json and merges.txt make; `undefined` where it has neither. */
export async function readTokenizer(
  directory: string,
  present?: Set<string>,
): Promise<TokenizerJson | undefined> {
  const files = present ?? (await listFiles(directory));
  if (files.has('tokenizer.json')) return jsonObject.parse(await readJson(directory, 'tokenizer.json'));
  if (!files.has('vocab.json') || !files.has('merges.txt')) return undefined;
  const vocab = vocabSchema.safeParse(await readJson(directory, 'vocab.json'));
  if (!vocab.success) throw new CheckpointError('vocab.json', 'not an object of tokens and their ids');
  const merges = await readFile(join(directory, 'merges.txt'), 'utf8');
  try {
    return byteLevelTokenizerJson(vocab.data, merges);
  } catch (error) {
    throw new CheckpointError('merges.txt', (error as Error).message);
  }
}

const jsonObject = z.record(z.string(), z.unknown());
const vocabSchema = z.record(z.string(), z.int().min(0));

async function listFiles(directory: string): Promise<Set<string>> {
  try {
    return new Set(await readdir(directory));
  } catch {
    throw new CheckpointError(directory, 'no such folder');
  }
}

async function readJson(directory: string, name: string): Promise<unknown> {
  const text = await readFile(join(directory, name), 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(name, `not JSON (${(error as Error).message})`);
  }
}

function readModelConfig(config: unknown, generationConfig: unknown): ModelConfig {
  try {
    return parseModelConfig(config, generationConfig);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0]!;
    throw new CheckpointError('config.json', `${issue.path.join('.') || 'the whole file'}: ${issue.message}`);
  }
}
