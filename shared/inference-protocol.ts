import * as z from 'zod';

/**
 * Open Inference Protocol v2, the part of it that Tandem's tiers speak: JSON tensors over HTTP.
 * Source: https://github.com/kserve/open-inference-protocol (and Triton's `parameters.timeout`).
 */

/** Datatypes of the generation graph's tensors, with the protocol's names. */
export type Datatype = 'INT64' | 'FP32';

export interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  /** Row-major, flattened. */
  data: number[];
}

export interface TensorMetadata {
  name: string;
  datatype: Datatype;
  /** -1 for a dimension of any size. */
  shape: number[];
}

export interface ServerMetadata {
  name: string;
  version: string;
  extensions: string[];
}

export interface ModelMetadata {
  name: string;
  versions: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
}

/**
 * Request-level parameters. `timeout` is Triton's: microseconds until nobody waits for the answer any more. A request
 * that has begun to run by then is still answered: a run cannot be called off, and its answer is there.
 */
export interface InferenceParameters {
  timeout?: number;
  /** Whose request it is: a queue may be fair between tenants. */
  tenant?: string;
}

export interface InferenceRequest {
  id?: string;
  parameters?: InferenceParameters;
  inputs: Tensor[];
  outputs?: { name: string }[];
}

export interface InferenceResponse {
  id?: string;
  model_name: string;
  model_version: string;
  outputs: Tensor[];
}

const parametersSchema = z.record(z.string(), z.unknown());
const requestTensor = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int().min(0)),
  parameters: parametersSchema.optional(),
  data: z.custom<unknown[]>(Array.isArray, 'Invalid input: expected array'),
});

/**
 * The envelope of a request; the tensors in it are checked against the model by `readGenerationRequest`. Zod gathers an
 * issue for every element that is wrong: count the elements of each list before, as `readEnvelope` does.
 */
export const inferenceRequestSchema = z.object({
  id: z.string().optional(),
  parameters: z.looseObject({ timeout: z.int().positive().optional() }).optional(),
  inputs: z.array(requestTensor),
  outputs: z.array(z.object({ name: z.string(), parameters: parametersSchema.optional() })).optional(),
});

export type InferenceEnvelope = z.infer<typeof inferenceRequestSchema>;

/** States of a model, with Triton's names. */
export const REPOSITORY_STATES = ['READY', 'LOADING', 'UNLOADING', 'UNAVAILABLE'] as const;

/** Triton's repository extension: which models there are, whether they are loaded, and why not. */
export const repositoryIndexSchema = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    state: z.enum(REPOSITORY_STATES),
    /** Empty for a model that is ready. */
    reason: z.string(),
  }),
);

export type RepositoryIndex = z.infer<typeof repositoryIndexSchema>;

export const repositoryIndexRequestSchema = z.strictObject({ ready: z.boolean().optional() });

/** Triton's parameters, which change what a folder holds, are none here: a model is what was compiled. */
export const loadRequestSchema = z.strictObject({ parameters: z.strictObject({}).optional() });

/** No model has dependents, so `unload_dependents` may be either. */
export const unloadRequestSchema = z.strictObject({
  parameters: z.strictObject({ unload_dependents: z.boolean().optional() }).optional(),
});

/** Protocol errors, whatever their status: `{"error": "…"}`. */
export interface InferenceError {
  error: string;
}
