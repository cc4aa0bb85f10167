import * as z from 'zod';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import {
  DATATYPES,
  inferenceErrorSchema,
  inferenceRequestSchema,
  inferenceResponseSchema,
  liveSchema,
  loadRequestSchema,
  modelMetadataSchema,
  modelReadySchema,
  readySchema,
  repositoryIndexRequestSchema,
  repositoryIndexSchema,
  serverMetadataSchema,
  unloadRequestSchema,
} from '../../shared/inference-protocol.ts';
import { MAX_DIMENSIONS } from '../protocol/request-envelope.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What is sent. */
const REQUESTS = {
  InferenceRequest: inferenceRequestSchema,
  RepositoryIndexRequest: repositoryIndexRequestSchema,
  LoadRequest: loadRequestSchema,
  UnloadRequest: unloadRequestSchema,
};
/** What is answered. */
const RESPONSES = {
  Live: liveSchema,
  Ready: readySchema,
  ModelReady: modelReadySchema,
  ServerMetadata: serverMetadataSchema,
  ModelMetadata: modelMetadataSchema,
  InferenceResponse: inferenceResponseSchema,
  RepositoryIndex: repositoryIndexSchema,
  Nothing: z.strictObject({}),
  Metrics: z.string(),
  OpenApi: z.looseObject({ openapi: z.string() }),
  Error: inferenceErrorSchema,
};

export type RequestSchema = keyof typeof REQUESTS;
export type ResponseSchema = keyof typeof RESPONSES;

/** The schemas that requests are parsed with and answers are typed by, as OpenAPI's components. */
export function componentSchemas(): Record<RequestSchema | ResponseSchema, JsonSchema> {
  const schemas = {
    ...convert(REQUESTS, 'input'),
    ...convert(RESPONSES, 'output'),
  } as Record<RequestSchema | ResponseSchema, JsonSchema>;
  refineInferenceRequest(schemas.InferenceRequest);
  return schemas;
}

function convert(schemas: Record<string, z.ZodType>, io: 'input' | 'output'): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
      return [name, rest];
    }),
  );
}

/** Adds what is checked outside the schema, to answer in better words or before anything is walked through. */
function refineInferenceRequest(schema: JsonSchema): void {
  const { inputs, outputs } = schema.properties as Record<'inputs' | 'outputs', ListSchema>;
  inputs.maxItems = GENERATION_INPUTS.length;
  outputs.maxItems = GENERATION_OUTPUTS.length;
  const input = inputs.items.properties;
  Object.assign(input['name']!, { enum: GENERATION_INPUTS.map(({ name }) => name) });
  Object.assign(input['datatype']!, { enum: DATATYPES });
  Object.assign(input['shape']!, { maxItems: MAX_DIMENSIONS });
  Object.assign(outputs.items.properties['name']!, { enum: GENERATION_OUTPUTS.map(({ name }) => name) });
}

type ListSchema = JsonSchema & { items: { properties: Record<string, JsonSchema> } };
