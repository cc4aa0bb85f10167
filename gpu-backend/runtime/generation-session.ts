import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import {
  PARAMETER_INPUT_NAMES,
  PARAMETER_INPUTS,
  padRows,
  parameterToNumber,
} from '../../shared/generation-tensors.ts';
import { GRAPH_FILE, type Manifest, readManifest } from '../compiler/manifest.ts';

/** One row of a batch: what to answer, and how. */
export interface GenerationRow {
  /** Token ids, the end token last; at most the model's positions. */
  inputIds: number[];
  parameters: GenerationParameters;
}

/** All `num_beams` sequences of a row, best first: without the start token, the end token included. */
export interface GeneratedRow {
  sequences: number[][];
  /** Sums of log-probabilities divided by length^length_penalty; 0 where one beam searched greedily. */
  scores: number[];
}

export interface GenerationSession {
  readonly manifest: Manifest;
  /**
   * Runs the graph once over all rows, which share `num_beams`. BLOCKS the thread until it is done: the runtime answers
   * on the JavaScript thread.
   */
  generate(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  release(): Promise<void>;
}

/**
 * Opens a folder that `tandem model build` made.
 * @param options.threads processor threads within one run; the runtime's own choice if left out
 * @param options.profilePrefix where to write the runtime's profile of all runs, once released: `PREFIX_DATE.json`
 * @throws {Error} with one line, where the folder holds no model of this version
 */
export async function openGenerationSession(
  modelDirectory: string,
  { threads, profilePrefix }: { threads?: number; profilePrefix?: string } = {},
): Promise<GenerationSession> {
  const manifest = await readManifest(modelDirectory);
  const session = await InferenceSession.create(join(modelDirectory, GRAPH_FILE), {
    executionProviders: ['cpu'],
    // Errors come as exceptions; the runtime's own log would tell them a second time.
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  });
  return {
    manifest,
    generate: async (rows) => readOutputs(await session.run(makeInputs(rows, manifest.tokens.pad))),
    release: () => session.release(),
  };
}

/** The tensors that the graph is fed for rows of one batch. */
export function makeInputs(rows: GenerationRow[], padToken: number): Record<string, Tensor> {
  if (new Set(rows.map((row) => row.parameters.num_beams)).size !== 1) {
    throw new Error('The rows of a batch must share num_beams. This is a bug.');
  }
  const { shape, inputIds, attentionMask } = padRows(
    rows.map((row) => row.inputIds),
    padToken,
  );
  const int64 = (values: number[], dimensions: number[]) =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), dimensions);
  const parameters = PARAMETER_INPUT_NAMES.map((name) => {
    const values = rows.map((row) => parameterToNumber(row.parameters, name));
    const isInt = PARAMETER_INPUTS[name] === 'INT64';
    const tensor = isInt
      ? int64(values, [rows.length])
      : new Tensor('float32', Float32Array.from(values), [rows.length]);
    return [name, tensor] as const;
  });
  return {
    input_ids: int64(inputIds, shape),
    attention_mask: int64(attentionMask, shape),
    ...Object.fromEntries(parameters),
  };
}

function readOutputs(outputs: InferenceSession.OnnxValueMapType): GeneratedRow[] {
  const { sequences, lengths, scores } = outputs as unknown as Record<string, Tensor>;
  const [batch, beams, longest] = sequences!.dims as [number, number, number];
  const ids = Array.from(sequences!.data as BigInt64Array, Number);
  const sequence = (index: number) => {
    const start = index * longest;
    return ids.slice(start, start + Number((lengths!.data as BigInt64Array)[index]));
  };
  return Array.from({ length: batch }, (_, row) => {
    const indices = Array.from({ length: beams }, (_, beam) => row * beams + beam);
    return {
      sequences: indices.map(sequence),
      scores: indices.map((index) => (scores!.data as Float32Array)[index]!),
    };
  });
}
