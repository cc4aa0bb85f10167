import * as z from 'zod';
import { WEIGHT_FILES } from '../../gpu-backend/compiler/checkpoint/weight-files.ts';
import { UserError } from '../user-error.ts';

/** Of a model's small files those that Tandem reads; only config.json must be there. */
const SMALL_FILES = ['config.json', 'generation_config.json', 'tokenizer.json', 'vocab.json', 'merges.txt'];

/** Whether a name stays within the folder that it is put into, on every system. */
export function isPlainName(name: string): boolean {
  return /^[^/\\:\p{Cc}]{1,200}$/u.test(name) && name !== '.' && name !== '..';
}

/** Which of a folder's small files are needed. */
export function neededSmallFiles(names: ReadonlySet<string>): string[] {
  return SMALL_FILES.filter((name) => names.has(name));
}

/** The file to begin with for the weights, of which one way to store them is enough: themselves, or their shards' index. */
export function weightsFile(names: ReadonlySet<string>): string | undefined {
  return WEIGHT_FILES.find((name) => names.has(name));
}

export function isIndex(name: string): boolean {
  return name.endsWith('.index.json');
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * The shards that an index names.
 * @throws {UserError} for a text that is no index, or that names files outside its folder
 */
export function shardsOf(index: string, text: string): string[] {
  const parsed = indexSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new UserError(`${index} does not say which file holds which tensor.`);
  const shards = [...new Set(Object.values(parsed.data.weight_map))].sort();
  const foreign = shards.find((name) => !isPlainName(name));
  if (foreign !== undefined) {
    throw new UserError(
      `${index} names the file ${JSON.stringify(foreign)}, which would leave its folder: refused.`,
    );
  }
  if (shards.length === 0) throw new UserError(`${index} names no file.`);
  return shards;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
