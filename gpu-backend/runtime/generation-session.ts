import './without-telemetry.ts';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { batchTensors, type GenerationRow } from '../../shared/generation-batch.ts';
import { searchWidth } from '../../shared/generation-parameters.ts';
import type { Tensor as ProtocolTensor } from '../../shared/inference-protocol.ts';
import { fingerprintOf, GRAPH_FILE, type Manifest, readManifest } from '../compiler/manifest.ts';
import { cudaIndex, type Device } from './device.ts';

/** All sequences of a row, as many as it is wide; best first, samples in the order of their random numbers. */
export interface GeneratedRow {
  /** Without the start token, the end token included. */
  sequences: number[][];
  /** Sums of log-probabilities divided by length^length_penalty; 0 where there is one beam. */
  scores: number[];
  /** The model's own log-probability of each token, where the row has `output_logprobs`. */
  logprobs?: number[][];
}

export interface GenerationSession {
  readonly manifest: Manifest;
  /**
   * Runs the graph once over all rows, which share one width. BLOCKS the thread until it is done: the runtime answers
   * on the JavaScript thread.
   */
  generate(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** `cpu` if left out: a model's precision does not say where it runs. */
  device?: Device | undefined;
  /** Which build it must be; whatever the folder holds if left out. */
  fingerprint?: string | undefined;
  /** Processor threads within one run; the runtime's own choice if left out. */
  threads?: number | undefined;
  /** Where to write the runtime's profile of all runs, once released: `PREFIX_DATE.json`. */
  profilePrefix?: string | undefined;
}

/**
 * Opens a folder that `tandem model build` made.
 * @throws {Error} with one line, where the folder holds no model of this version or another build, or the device is not there
 */
export async function openGenerationSession(
  modelDirectory: string,
  options: SessionOptions = {},
): Promise<GenerationSession> {
  const manifest = await readManifest(modelDirectory);
  if (options.fingerprint !== undefined && fingerprintOf(manifest) !== options.fingerprint) {
    throw new Error(`${modelDirectory} holds another build by now than was loaded: load the model again.`);
  }
  const session = await openSession(join(modelDirectory, GRAPH_FILE), options);
  return {
    manifest,
    generate: async (rows) => readOutputs(await session.run(makeInputs(rows, manifest.tokens.pad)), rows),
    release: () => session.release(),
  };
}

async function openSession(
  graph: string,
  { device = 'cpu', threads, profilePrefix }: SessionOptions,
): Promise<InferenceSession> {
  const deviceId = cudaIndex(device);
  const options: InferenceSession.SessionOptions = {
    // By name, and no other to fall back to: a server that was to use a GPU must not turn slow in silence.
    executionProviders: deviceId === undefined ? ['cpu'] : [{ name: 'cuda', deviceId }],
    // Errors come as exceptions; the runtime's own log would tell them a second time.
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  try {
    return await InferenceSession.create(graph, options);
  } catch (error) {
    throw deviceId === undefined ? error : describeCudaError(device, error as Error);
  }
}

function describeCudaError(device: Device, { message }: Error): Error {
  const [reason] = message.split('\n');
  return /ExecutionProvider_Cuda|shared library/i.test(message)
    ? new Error(
        `${device} cannot be used: ONNX Runtime finds no CUDA libraries (${reason}). ` +
          'Install them (the image of infra/docker with target cuda has them), or run on the device cpu.',
      )
    : new Error(`${device} cannot be used: ${reason}`);
}

/** The tensors that the graph is fed for rows of one batch. */
export function makeInputs(rows: GenerationRow[], padToken: number): Record<string, Tensor> {
  if (new Set(rows.map(({ parameters }) => searchWidth(parameters))).size !== 1) {
    throw new Error('The rows of a batch must share one width. This is a bug.');
  }
  const tensors = batchTensors(rows, padToken);
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, toRuntime(tensor)]));
}

function toRuntime({ datatype, shape, data }: ProtocolTensor): Tensor {
  return datatype === 'INT64'
    ? new Tensor('int64', BigInt64Array.from(data, BigInt), shape)
    : new Tensor('float32', Float32Array.from(data), shape);
}

function readOutputs(outputs: InferenceSession.OnnxValueMapType, rows: GenerationRow[]): GeneratedRow[] {
  const { sequences, lengths, scores, logprobs } = outputs as unknown as Record<string, Tensor>;
  const [, width, longest] = sequences!.dims as [number, number, number];
  const cut = (tensor: Tensor) => (index: number) => {
    const start = index * longest;
    const end = start + Number((lengths!.data as BigInt64Array)[index]);
    return Array.from((tensor.data as BigInt64Array | Float32Array).slice(start, end), Number);
  };
  return rows.map(({ parameters }, row) => {
    const indices = Array.from({ length: width }, (_, hypothesis) => row * width + hypothesis);
    return {
      sequences: indices.map(cut(sequences!)),
      scores: indices.map((index) => (scores!.data as Float32Array)[index]!),
      ...(parameters.output_logprobs && { logprobs: indices.map(cut(logprobs!)) }),
    };
  });
}
