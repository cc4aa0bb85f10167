import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';

/** A text file of a checkpoint's folder. @throws {CheckpointError} where it cannot be read */
export async function readText(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8').catch((error) => {
    throw describeSystemError(name, error);
  });
}

/** @throws {CheckpointError} where the file is not JSON */
export async function readJson(directory: string, name: string): Promise<unknown> {
  const text = await readText(directory, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(name, `not JSON (${(error as Error).message})`);
  }
}

/** @throws {CheckpointError} where the file is not a JSON object */
export async function readJsonObject(directory: string, name: string): Promise<Record<string, unknown>> {
  const value = z.record(z.string(), z.unknown()).safeParse(await readJson(directory, name));
  if (!value.success) throw new CheckpointError(name, 'not a JSON object');
  return value.data;
}

const STRING_OR_BRACE = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;

/** A key that stands twice in one object of a JSON text: `JSON.parse` keeps the last and says nothing. */
export function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [part, colon] of json.matchAll(STRING_OR_BRACE)) {
    if (part === '{') open.push(new Set());
    else if (part === '}') open.pop();
    else if (colon !== undefined) {
      const key: string = JSON.parse(part.slice(0, -colon.length));
      if (open.at(-1)?.has(key)) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}
