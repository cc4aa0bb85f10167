import * as z from 'zod';

/**
 * Open Inference Protocol v2 over HTTP, as far as Tandem's tiers speak it, with three of Triton's extensions:
 * `parameters.timeout` and `priority`, binary tensors, the model repository. `parameters.tenant` is Tandem's own.
 * Source: https://github.com/kserve/open-inference-protocol and docs/protocol of Triton's server.
 */

/** Datatypes of the generation graph's tensors, with the protocol's names. */
export const DATATYPES = ['INT64', 'FP32'] as const;
export type Datatype = (typeof DATATYPES)[number];

/** What an element takes in a binary tensor, in bytes, least significant first. */
export const ELEMENT_BYTES: Record<Datatype, number> = { INT64: 8, FP32: 4 };

/** On requests and answers that have binary tensors: how many bytes their JSON takes. The tensors follow, without gaps. */
export const JSON_LENGTH_HEADER = 'Inference-Header-Content-Length';

/** Priorities of NVIDIA's clients have 32 bits or more; no server has use for so many. */
export const MAX_PRIORITY = 2 ** 32 - 1;

/** What Tandem's backend calls itself in its server metadata. */
export const SERVER_NAME = 'tandem-gpu-backend';

export interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  /** Row-major, flattened. */
  data: number[];
}

const tensorMetadataSchema = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: z.array(z.int().min(-1).describe('-1 for a dimension of any size.')),
});

export const liveSchema = z.object({ live: z.boolean() });
export const readySchema = z.object({ ready: z.boolean() });
export const modelReadySchema = z.object({ name: z.string(), ready: z.boolean() });

export const serverMetadataSchema = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

export const modelMetadataSchema = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadataSchema),
  outputs: z.array(tensorMetadataSchema),
  // KServe's field of this name: texts about the model.
  properties: z
    .record(z.string(), z.string())
    .optional()
    .describe('What a client must share with the model; there while it is loaded.'),
});

export type TensorMetadata = z.infer<typeof tensorMetadataSchema>;
export type ServerMetadata = z.infer<typeof serverMetadataSchema>;
export type ModelMetadata = z.infer<typeof modelMetadataSchema>;

// What does nothing here is refused by name: ignored in silence, it would seem to work.
const onlyKnown = {
  error: (issue: { code?: string | undefined; keys?: string[] }) =>
    issue.code === 'unrecognized_keys'
      ? `Unknown parameter ${JSON.stringify(issue.keys![0]!.slice(0, 64))}; generation parameters are input tensors`
      : undefined,
};

const inferenceParametersSchema = z.strictObject(
  {
    timeout: z
      .int()
      .positive()
      .optional()
      .describe(
        'Microseconds until nobody waits for the answer any more. A request that has begun to run by then is still ' +
          'answered: a run cannot be called off, and its answer is there.',
      ),
    priority: z
      .int()
      .min(0)
      .max(MAX_PRIORITY)
      .optional()
      .describe('1 is the highest, larger numbers come later, and 0, or none, comes last.'),
    tenant: z
      .string()
      .max(128)
      .optional()
      .describe(
        'Whose request it is, for fairness among callers. Says nothing but whether two are the same.',
      ),
    binary_data_output: z
      .boolean()
      .optional()
      .describe('Asks for all outputs in binary that do not say otherwise.'),
  },
  onlyKnown,
);

export type InferenceParameters = z.infer<typeof inferenceParametersSchema>;

export interface InferenceRequest {
  id?: string;
  parameters?: InferenceParameters;
  inputs: Tensor[];
  outputs?: { name: string }[];
}

const requestTensorSchema = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int().min(0)),
  parameters: z.strictObject({ binary_data_size: z.int().min(0).optional() }, onlyKnown).optional(),
  data: z.custom<unknown[]>(Array.isArray, 'Invalid input: expected array').optional().meta({
    type: 'array',
    description: 'Flat, or nested as the shape says. Left out where the tensor is binary.',
  }),
});

/**
 * The envelope of a request; the tensors in it are checked against the model by `readGenerationRequest`. Zod gathers an
 * issue for every element that is wrong: count the elements of each list before, as `readEnvelope` does.
 */
export const inferenceRequestSchema = z.object({
  id: z.string().optional(),
  parameters: inferenceParametersSchema.optional(),
  inputs: z.array(requestTensorSchema),
  outputs: z
    .array(
      z.object({
        name: z.string(),
        parameters: z.strictObject({ binary_data: z.boolean().optional() }, onlyKnown).optional(),
      }),
    )
    .optional(),
});

export const inferenceResponseSchema = z.object({
  id: z.string().optional(),
  model_name: z.string(),
  model_version: z.string(),
  outputs: z.array(
    z.object({
      name: z.string(),
      datatype: z.enum(DATATYPES),
      shape: z.array(z.int().min(0)),
      parameters: z.object({ binary_data_size: z.int().min(0) }).optional(),
      data: z
        .array(z.number())
        .optional()
        .describe('Row-major, flattened. Left out where the tensor is binary.'),
    }),
  ),
});

/** An answer before it is written as JSON, or JSON and binary tensors. */
export interface InferenceResponse {
  id?: string;
  model_name: string;
  model_version: string;
  outputs: Tensor[];
}

/** States of a model, with Triton's names. */
export const REPOSITORY_STATES = ['READY', 'LOADING', 'UNLOADING', 'UNAVAILABLE'] as const;

/** Triton's repository extension: which models there are, whether they are loaded, and why not. */
export const repositoryIndexSchema = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    state: z.enum(REPOSITORY_STATES),
    reason: z.string().describe('Empty for a model that is ready.'),
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

/** Protocol errors, whatever their status. */
export const inferenceErrorSchema = z.object({ error: z.string() });

export type InferenceError = z.infer<typeof inferenceErrorSchema>;
