import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import { type InferenceEnvelope, inferenceRequestSchema } from '../../shared/inference-protocol.ts';
import { invalidRequest, quoted } from './backend-error.ts';
import { parseForm } from './parse-form.ts';

const MAX_DIMENSIONS = 8;

/**
 * Checks the form of an inference request: fields and their kinds, and parameters that mean something here. What the
 * tensors hold is checked against the model afterwards.
 * @throws {BackendError} invalid_request
 */
export function readEnvelope(body: unknown): InferenceEnvelope {
  refuseLongLists(body);
  refuseBinaryTensors(body);
  const envelope = parseForm(inferenceRequestSchema, body);
  const { parameters, inputs, outputs = [] } = envelope;
  refuseUnknown('request', parameters, ['timeout', 'binary_data_output']);
  for (const input of inputs) refuseUnknown(`input ${quoted(input.name)}`, input.parameters, []);
  for (const output of outputs)
    refuseUnknown(`output ${quoted(output.name)}`, output.parameters, ['binary_data']);
  return envelope;
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

/**
 * Triton's binary tensors leave `data` out. Looked for before the form is checked, because "data is missing" would
 * send whoever asked for them the wrong way.
 */
function refuseBinaryTensors(body: unknown): void {
  const asksFor = (holder: unknown, name: string) => {
    const value = field(field(holder, 'parameters'), name);
    return value !== undefined && value !== false;
  };
  const anyOf = (list: unknown, name: string) =>
    Array.isArray(list) && list.some((item) => asksFor(item, name));
  const name =
    (asksFor(body, 'binary_data_output') && 'binary_data_output') ||
    (anyOf(field(body, 'inputs'), 'binary_data_size') && 'binary_data_size') ||
    (anyOf(field(body, 'outputs'), 'binary_data') && 'binary_data');
  if (name) {
    throw invalidRequest(
      `The binary tensor extension ("${name}") is not supported; send and ask for JSON tensors.`,
    );
  }
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}

// A parameter that does nothing here is refused by name: ignored in silence, it would seem to work.
function refuseUnknown(place: string, parameters: object | undefined, known: string[]): void {
  const unknown = Object.keys(parameters ?? {}).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalidRequest(
      `Unknown parameter ${quoted(unknown)} of the ${place}; generation parameters are input tensors.`,
    );
  }
}
