import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { generationParametersSchema } from '../../shared/generation-parameters.ts';
import { MODEL_TYPES } from '../../shared/model-config.ts';

/** Raised whenever a build of the same checkpoint becomes another, so that a kept one is not taken for a new one. */
export const MANIFEST_VERSION = 4;
export const MANIFEST_FILE = 'manifest.json';
export const GRAPH_FILE = 'model.onnx';
export const WEIGHTS_FILE = 'model.onnx.data';

export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int4'] as const;
export type Precision = (typeof PRECISIONS)[number];

const tokenId = z.int().min(0);
const fileSchema = z.object({ bytes: z.int(), sha256: z.string() });

const manifestSchema = z.object({
  manifestVersion: z.literal(MANIFEST_VERSION),
  name: z.string().min(1),
  modelType: z.enum(MODEL_TYPES),
  precision: z.enum(PRECISIONS),
  /** The network's size, by config.json's names. */
  shape: z.record(z.string(), z.int()),
  vocabSize: z.int().min(1),
  maxPositions: z.int().min(2),
  tokens: z.object({ pad: tokenId, bos: tokenId, eos: tokenId, decoderStart: tokenId }),
  recommendedGeneration: generationParametersSchema,
  /** The checkpoint's files that the build read. */
  sources: z.record(z.string(), fileSchema),
  /** The files beside the manifest. */
  files: z.record(z.string(), fileSchema),
});

/** What a compiled model's folder says of itself: a `ModelConfig` and where it comes from. */
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws {Error} with one line that says what is wrong with the folder and what to do */
export async function readManifest(modelDirectory: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(modelDirectory, MANIFEST_FILE), 'utf8');
  } catch {
    throw new Error(
      `${modelDirectory} holds no compiled model (no ${MANIFEST_FILE}): make one with "tandem model build".`,
    );
  }
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Error(
    `${join(modelDirectory, MANIFEST_FILE)} does not fit this version of Tandem ` +
      `(${issue.path.join('.') || 'file'}: ${issue.message}): build the model again.`,
  );
}

/** Tells one build from any other: the manifest holds the hash of every file. */
export function fingerprintOf(manifest: Manifest): string {
  return JSON.stringify(manifest);
}

/** What any version's manifest says. Others have files of this name too. */
const buildSchema = z.object({ manifestVersion: z.int(), files: z.record(z.string(), z.unknown()) });

/** The files of a build of any version, the manifest included; `undefined` where the folder holds no build. */
export async function filesOfBuild(directory: string): Promise<string[] | undefined> {
  const text = await readFile(join(directory, MANIFEST_FILE), 'utf8').catch(() => '');
  const build = buildSchema.safeParse(parseJson(text));
  return build.success ? [...Object.keys(build.data.files), MANIFEST_FILE] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
