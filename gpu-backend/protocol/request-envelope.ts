import type { z } from 'zod';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import { inferenceRequestSchema } from '../../shared/inference-protocol.ts';
import { invalidRequest } from './backend-error.ts';
import { takeBinaryTensors } from './binary-tensors.ts';
import { parseForm } from './parse-form.ts';
import type { EnvelopeTensor } from './tensor-data.ts';

type JsonEnvelope = z.infer<typeof inferenceRequestSchema>;

/** A request whose form is right; what the tensors hold is not looked at yet. */
export interface InferenceEnvelope extends Omit<JsonEnvelope, 'inputs'> {
  inputs: EnvelopeTensor[];
}

/** What a request's body holds. */
export interface InferenceBody {
  json: unknown;
  /** What follows the JSON; undefined where the request is JSON alone. */
  binary?: Uint8Array;
}

export const MAX_DIMENSIONS = 8;

/**
 * Checks the form of an inference request: fields and their kinds, parameters that mean something here, and binary
 * tensors that are there. What the tensors hold is checked against the model afterwards.
 * @throws {BackendError} invalid_request
 */
export function readEnvelope({ json, binary }: InferenceBody): InferenceEnvelope {
  refuseLongLists(json);
  const envelope = parseForm(inferenceRequestSchema, json);
  return { ...envelope, inputs: takeBinaryTensors(envelope.inputs, binary) };
}

// Bounds what the checks behind it cost. `data` is as long as it likes: nothing here looks into it.
function refuseLongLists(body: unknown): void {
  const inputs = field(body, 'inputs');
  refuseLongList('inputs', inputs, GENERATION_INPUTS.length);
  refuseLongList('outputs', field(body, 'outputs'), GENERATION_OUTPUTS.length);
  if (!Array.isArray(inputs)) return;
  for (const [index, input] of inputs.entries()) {
    refuseLongList(`inputs[${index}].shape`, field(input, 'shape'), MAX_DIMENSIONS);
  }
}

function refuseLongList(place: string, list: unknown, maxLength: number): void {
  if (Array.isArray(list) && list.length > maxLength) {
    throw invalidRequest(`${place} has ${list.length} elements; ${maxLength} are the most it can have.`);
  }
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}
