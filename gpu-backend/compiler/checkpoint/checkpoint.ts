import { readdir } from 'node:fs/promises';
import { type ModelConfig, ModelConfigError, parseModelConfig } from '../../../shared/model-config.ts';
import type { TokenizerJson } from '../../../shared/tokenizer/tokenizer-json.ts';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { refuseNonFinite } from './finite-tensors.ts';
import { openParlaiCheckpoint, PARLAI_OPTIONS, PARLAI_WEIGHTS } from './parlai.ts';
import { readJsonObject } from './small-files.ts';
import { byTransformersNames } from './tensor-names.ts';
import type { TensorSource } from './tensor-source.ts';
import { readTokenizer, TOKENIZER_FILES } from './tokenizer.ts';
import { findWeightFiles, openWeightFiles, type WeightFiles } from './weight-files.ts';

/** A checkpoint's folder, its small files read and its weights open. */
export interface Checkpoint {
  /** config.json as it stands, or as ParlAI's options would say it; each architecture reads its own fields from it. */
  rawConfig: object;
  rawGenerationConfig: object;
  config: ModelConfig;
  tokenizer: TokenizerJson | undefined;
  weights: TensorSource;
  /** The files that the compiled model depends on. */
  sourceFiles: string[];
}

const CONFIGURATION_FILES = ['config.json', 'generation_config.json'];

/**
 * Opens a checkpoint in Hugging Face's layout or, where there is no config.json, in ParlAI's.
 * @throws {CheckpointError} where a file is missing or cannot be what its name says
 */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const present = await listFolder(directory);
  const opened = isParlai(present)
    ? await openParlai(directory, present)
    : await openHuggingFace(directory, present);
  try {
    const tokenizer = await readTokenizer(directory, opened.config);
    return { ...opened, weights: refuseNonFinite(opened.weights), tokenizer };
  } catch (error) {
    await opened.weights.close();
    throw error;
  }
}

/** Whether a folder holds a checkpoint, by the file that says what it is. */
export async function holdsCheckpoint(directory: string): Promise<boolean> {
  const present = await readdir(directory).catch((): string[] => []);
  return present.includes('config.json') || isParlai(present);
}

/**
 * The files of a checkpoint that a build reads.
 * @throws {CheckpointError} for a folder that cannot be read, or an index that names what is not there
 */
export async function sourceFilesOf(directory: string): Promise<string[]> {
  const present = await listFolder(directory);
  return isParlai(present)
    ? parlaiSources(present)
    : huggingFaceSources(present, await findWeightFiles(directory, present));
}

function parlaiSources(present: string[]): string[] {
  return [PARLAI_OPTIONS, PARLAI_WEIGHTS, ...TOKENIZER_FILES].filter((name) => present.includes(name));
}

function huggingFaceSources(present: string[], weights: WeightFiles | undefined): string[] {
  const isPresent = (name: string) => present.includes(name);
  return [
    ...CONFIGURATION_FILES.filter(isPresent),
    ...(weights?.index === undefined ? [] : [weights.index.file]),
    ...(weights?.files ?? []),
    ...TOKENIZER_FILES.filter(isPresent),
  ];
}

type Opened = Omit<Checkpoint, 'tokenizer'>;

async function openHuggingFace(directory: string, present: string[]): Promise<Opened> {
  // The configuration first: what another architecture's folder lacks is beside the point.
  requireFile('config.json', directory, present);
  const rawConfig = await readJsonObject(directory, 'config.json');
  const hasGenerationConfig = present.includes('generation_config.json');
  const rawGenerationConfig = hasGenerationConfig
    ? await readJsonObject(directory, 'generation_config.json')
    : {};
  const config = readModelConfig(rawConfig, rawGenerationConfig, (file) => file);
  const files = await findWeightFiles(directory, present);
  if (files === undefined)
    throw new CheckpointError(
      'model.safetensors',
      `missing in ${directory} (nor is there a pytorch_model.bin)`,
    );
  const weights = await openWeightFiles(directory, files);
  try {
    const sourceFiles = huggingFaceSources(present, files);
    return { rawConfig, rawGenerationConfig, config, weights: byTransformersNames(weights), sourceFiles };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function openParlai(directory: string, present: string[]): Promise<Opened> {
  requireFile(PARLAI_WEIGHTS, directory, present);
  const opened = await openParlaiCheckpoint(directory);
  try {
    const config = readModelConfig(opened.rawConfig, opened.rawGenerationConfig, () => PARLAI_OPTIONS);
    return { ...opened, config, sourceFiles: parlaiSources(present) };
  } catch (error) {
    await opened.weights.close();
    throw error;
  }
}

function isParlai(present: string[]): boolean {
  return present.includes(PARLAI_OPTIONS) && !present.includes('config.json');
}

async function listFolder(directory: string): Promise<string[]> {
  return readdir(directory).catch((error) => {
    throw describeSystemError(directory, error);
  });
}

function requireFile(name: string, directory: string, present: string[]): void {
  if (!present.includes(name)) throw new CheckpointError(name, `missing in ${directory}`);
}

/** `fileOf` is the file in which what stands wrong in the (perhaps derived) configuration was read. */
function readModelConfig(
  config: object,
  generationConfig: object,
  fileOf: (file: ModelConfigError['file']) => string,
): ModelConfig {
  try {
    return parseModelConfig(config, generationConfig);
  } catch (error) {
    throw error instanceof ModelConfigError ? new CheckpointError(fileOf(error.file), error.message) : error;
  }
}
