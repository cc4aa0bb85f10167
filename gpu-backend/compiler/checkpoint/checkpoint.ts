import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelConfig, ModelConfigError, parseModelConfig } from '../../../shared/model-config.ts';
import type { TokenizerJson } from '../../../shared/tokenizer/tokenizer-json.ts';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { openSafetensors } from './safetensors.ts';
import { readJsonObject } from './small-files.ts';
import type { TensorSource } from './tensor-source.ts';
import { readTokenizer, TOKENIZER_FILES } from './tokenizer.ts';

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

const SOURCE_FILES = ['config.json', 'generation_config.json', WEIGHTS, ...TOKENIZER_FILES];

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
  const tokenizer = await readTokenizer(directory, config);
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

function readModelConfig(config: object, generationConfig: object): ModelConfig {
  try {
    return parseModelConfig(config, generationConfig);
  } catch (error) {
    throw error instanceof ModelConfigError ? new CheckpointError(error.file, error.message) : error;
  }
}
