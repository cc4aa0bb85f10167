import { readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createArchitecture } from './architecture/families.ts';
import { CheckpointError, describeSystemError } from './checkpoint/checkpoint-error.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint/checkpoint.ts';
import { doBoth } from './do-both.ts';
import { buildGenerationGraph } from './generation-graph.ts';
import { sha256OfFile } from './hash-file.ts';
import {
  filesOfBuild,
  GRAPH_FILE,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  type Manifest,
  type Precision,
  WEIGHTS_FILE,
} from './manifest.ts';
import { ExternalDataFile } from './onnx/external-data.ts';
import { encodeModel } from './onnx/messages.ts';
import { writeWholeFolder } from './output-folder.ts';
import { createWeights } from './weights/precisions.ts';

export interface BuildOptions {
  /** A checkpoint's folder, in Hugging Face's layout or ParlAI's. */
  checkpoint: string;
  /** The folder to make. It may exist if it is empty or holds an earlier build, which is replaced. */
  out: string;
  precision: Precision;
  /** The name that the model is served under; the checkpoint folder's own if left out. */
  name?: string;
  onProgress?: (progress: { writtenBytes: number; totalBytes: number }) => void;
  /** Gives up between two tensors once it is aborted; nothing is left behind. */
  signal?: AbortSignal;
}

const OPSETS = { '': 21, 'com.microsoft': 1 };

/**
 * Compiles a checkpoint into a folder that the runtime opens: graph, weights, tokenizer, configuration and manifest. The
 * same checkpoint gives the same bytes. The folder appears whole or not at all.
 * @throws {CheckpointError} where the checkpoint cannot be compiled
 */
export async function buildModel(options: BuildOptions): Promise<Manifest> {
  const name = servedName(options);
  const checkpoint = await openCheckpoint(options.checkpoint);
  const out = resolve(options.out);
  try {
    return await writeWholeFolder(out, {
      refuse: () => refuseForeignFolder(out),
      write: (directory) => writeModel(checkpoint, directory, { ...options, name }),
    });
  } catch (error) {
    throw describeSystemError(out, error);
  } finally {
    await checkpoint.weights.close();
  }
}

/** The name is part of addresses at the backend and of answers at the edge. */
function servedName({ name, checkpoint }: BuildOptions): string {
  const served = name ?? basename(resolve(checkpoint));
  if (/^[\w.-]{1,100}$/.test(served)) return served;
  const cause = 'cannot be its name: letters, digits, ".", "_" and "-" only; give another with --name';
  throw new CheckpointError(`the model ${JSON.stringify(served)}`, cause);
}

async function writeModel(
  checkpoint: Checkpoint,
  directory: string,
  options: BuildOptions & { name: string },
): Promise<Manifest> {
  // The hash reads ahead of the weights: gigabytes come from the disk once and not twice.
  const [sources, shape] = await doBoth(
    options.signal,
    (signal) => describeFiles(options.checkpoint, checkpoint.sourceFiles, signal),
    (signal) => writeFiles(checkpoint, directory, { ...options, signal }),
  );
  const manifest: Manifest = {
    manifestVersion: MANIFEST_VERSION,
    name: options.name,
    precision: options.precision,
    shape,
    ...checkpoint.config,
    sources,
    files: await describeFiles(directory, await readdir(directory), options.signal),
  };
  await writeJson(directory, MANIFEST_FILE, manifest);
  return manifest;
}

/** Everything but the manifest. @returns the network's size, for it */
async function writeFiles(
  checkpoint: Checkpoint,
  directory: string,
  options: BuildOptions,
): Promise<Manifest['shape']> {
  const weightsFile = new ExternalDataFile(WEIGHTS_FILE);
  const weights = createWeights(options.precision, checkpoint.weights, weightsFile);
  const architecture = createArchitecture(checkpoint, weights);
  const graph = buildGenerationGraph(architecture, checkpoint.config);
  const producer = { name: 'tandem', version: String(MANIFEST_VERSION) };
  await writeFile(join(directory, GRAPH_FILE), encodeModel({ producer, opsets: OPSETS, graph }));
  await weightsFile.write(join(directory, WEIGHTS_FILE), (writtenBytes, totalBytes) => {
    options.signal?.throwIfAborted();
    options.onProgress?.({ writtenBytes, totalBytes });
  });
  await writeJson(directory, 'config.json', checkpoint.rawConfig);
  await writeJson(directory, 'generation_config.json', checkpoint.rawGenerationConfig);
  if (checkpoint.tokenizer !== undefined) await writeJson(directory, 'tokenizer.json', checkpoint.tokenizer);
  return architecture.shape;
}

async function writeJson(directory: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(directory, name), `${JSON.stringify(value, null, 1)}\n`);
}

async function describeFiles(
  directory: string,
  names: string[],
  signal: AbortSignal | undefined,
): Promise<Manifest['sources']> {
  const described: Manifest['sources'] = {};
  for (const name of [...names].sort()) {
    const path = join(directory, name);
    described[name] = { bytes: (await stat(path)).size, sha256: await sha256OfFile(path, signal) };
  }
  return described;
}

/** A folder with anything but an earlier build in it is somebody's, and not ours to replace. */
async function refuseForeignFolder(out: string): Promise<void> {
  const foreign = await foreignFile(out);
  if (foreign === undefined) return;
  throw new CheckpointError(
    out,
    `holds ${JSON.stringify(foreign)}, which no build made; choose another --out`,
  );
}

async function foreignFile(out: string): Promise<string | undefined> {
  for (;;) {
    const folder = await identityOf(out);
    if (folder === undefined) return undefined;
    const ours = (await filesOfBuild(out)) ?? [];
    const present = await readdir(out).catch(emptyWhereAbsent);
    // Another build may put its folder there between two looks: what was seen is to be of one folder.
    if ((await identityOf(out)) === folder) return present.find((name) => !ours.includes(name));
  }
}

/** Which folder is there: others may follow it under its name, and under its number when it is gone. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found && `${found.ino} ${found.birthtimeNs}`;
}

function emptyWhereAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
