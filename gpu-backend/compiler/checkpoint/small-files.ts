import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';

/** @throws {CheckpointError} for a file that cannot be read */
export async function readText(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8').catch((error) => {
    throw describeSystemError(name, error);
  });
}

/** @throws {CheckpointError} for a file that cannot be read or is not JSON */
export async function readJson(directory: string, name: string): Promise<unknown> {
  const text = await readText(directory, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(name, `not JSON (${(error as Error).message})`);
  }
}

/** @throws {CheckpointError} for a file that cannot be read or holds no JSON object */
export async function readJsonObject(directory: string, name: string): Promise<Record<string, unknown>> {
  const value = z.record(z.string(), z.unknown()).safeParse(await readJson(directory, name));
  if (!value.success) throw new CheckpointError(name, 'not a JSON object');
  return value.data;
}
