import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import { invalidRequest, quoted } from './backend-error.ts';
import { readParameterRows } from './parameter-tensors.ts';
import type { InferenceEnvelope } from './request-envelope.ts';
import { readUniforms } from './uniforms-tensor.ts';
import { checkForm, type EnvelopeTensor, readData, readTensor } from './tensor-data.ts';

export type OutputName = 'sequences' | 'lengths' | 'scores' | 'logprobs';

export interface RequestedOutput {
  name: OutputName;
  isBinary: boolean;
}

export interface GenerationLimits {
  maxBatchSize: number;
  maxNumBeams: number;
}

/** An inference request that the model can run as it is: nothing behind this point checks it again. */
export interface GenerationRequest {
  id: string | undefined;
  /** At least one and at most maxBatchSize, all of one width. */
  rows: GenerationRow[];
  outputs: RequestedOutput[];
  priority: number | undefined;
  tenant: string | undefined;
  /** How long the client waits for its run to begin, counted from the request's arrival. */
  timeoutMs: number | undefined;
}

type Tensors = Map<string, EnvelopeTensor>;

/**
 * @param envelope as `readEnvelope` checked it
 * @throws {BackendError} invalid_request, with one sentence about the first thing that is wrong
 */
export function readGenerationRequest(
  envelope: InferenceEnvelope,
  model: ModelConfig,
  limits: GenerationLimits,
): GenerationRequest {
  const tensors = tensorsByName(envelope.inputs);
  const rows = readRows(tensors, model, limits.maxBatchSize);
  const parameters = readParameterRows(tensors, rows.length, model, limits.maxNumBeams);
  const uniforms = readUniforms(tensors.get('uniforms'), parameters);
  const { timeout, priority = 0, tenant } = envelope.parameters ?? {};
  return {
    id: envelope.id,
    rows: rows.map((inputIds, index) => ({
      inputIds,
      parameters: parameters[index]!,
      uniforms: uniforms[index]!,
    })),
    outputs: readOutputs(envelope, parameters),
    priority: priority === 0 ? undefined : priority,
    tenant,
    timeoutMs: timeout === undefined ? undefined : timeout / 1000,
  };
}

function tensorsByName(inputs: EnvelopeTensor[]): Tensors {
  const known = GENERATION_INPUTS.map(({ name }) => name);
  const tensors: Tensors = new Map();
  for (const tensor of inputs) {
    if (!known.includes(tensor.name)) {
      throw invalidRequest(`Unknown input ${quoted(tensor.name)}. Known: ${known.join(', ')}.`);
    }
    if (tensors.has(tensor.name)) throw invalidRequest(`Input "${tensor.name}" is there twice.`);
    tensors.set(tensor.name, tensor);
  }
  return tensors;
}

/** The rows of `input_ids` without their padding. Without an attention mask all of a row is read. */
function readRows(tensors: Tensors, model: ModelConfig, maxBatchSize: number): number[][] {
  const tensor = tensors.get('input_ids');
  if (tensor === undefined) throw invalidRequest('Input "input_ids" is missing.');
  checkForm(tensor, { name: 'input_ids', datatype: 'INT64', shape: [-1, -1] });
  const [batch, width] = tensor.shape as [number, number];
  refuseSize(batch, width, { maxBatchSize, maxPositions: model.maxPositions });
  const ids = readData(tensor, 'INT64');
  for (const [index, id] of ids.entries()) {
    if (id < 0 || id >= model.vocabSize) {
      throw invalidRequest(
        `Input "input_ids", value ${index}: ${id} is no token id of the model; ids go from 0 to ${model.vocabSize - 1}.`,
      );
    }
  }
  const lengths = readRowLengths(tensors.get('attention_mask'), batch, width);
  return lengths.map((length, row) => {
    if (length === 0) throw invalidRequest(`Input "input_ids", row ${row} is empty.`);
    return ids.slice(row * width, row * width + length);
  });
}

// Before the data is read, so that no request costs more than the largest one that can run.
function refuseSize(
  batch: number,
  width: number,
  { maxBatchSize, maxPositions }: { maxBatchSize: number; maxPositions: number },
): void {
  if (batch === 0) throw invalidRequest('Input "input_ids" has no rows.');
  if (batch > maxBatchSize) {
    throw invalidRequest(
      `The request has ${batch} rows; max_batch_size is ${maxBatchSize}. Send them in several requests.`,
    );
  }
  if (width > maxPositions) {
    throw invalidRequest(
      `Input "input_ids" has rows of ${width} tokens; the model reads at most ${maxPositions}.`,
    );
  }
}

function readRowLengths(tensor: EnvelopeTensor | undefined, batch: number, width: number): number[] {
  if (tensor === undefined) return new Array<number>(batch).fill(width);
  const mask = readTensor(tensor, { name: 'attention_mask', datatype: 'INT64', shape: [batch, width] });
  return Array.from({ length: batch }, (_, row) => {
    const values = mask.slice(row * width, (row + 1) * width);
    if (values.some((value) => value !== 0 && value !== 1)) {
      throw invalidRequest(`Input "attention_mask", row ${row} holds a value other than 0 and 1.`);
    }
    const length = values.includes(0) ? values.indexOf(0) : width;
    if (values.includes(1, length)) {
      throw invalidRequest(
        `Input "attention_mask", row ${row} has a 1 after a 0; rows are padded on the right.`,
      );
    }
    return length;
  });
}

/** What was named, or everything that there is: log-probabilities only where a row asks for them. */
function readOutputs(
  { outputs: requested = [], parameters }: InferenceEnvelope,
  rows: GenerationParameters[],
): RequestedOutput[] {
  const known = GENERATION_OUTPUTS.map(({ name }) => name);
  const names = requested.map(({ name }) => name);
  const hasLogprobs = rows.some(({ output_logprobs }) => output_logprobs);
  for (const [index, name] of names.entries()) {
    if (!known.includes(name)) {
      throw invalidRequest(`Unknown output ${quoted(name)}. Known: ${known.join(', ')}.`);
    }
    if (names.indexOf(name) !== index) throw invalidRequest(`Output "${name}" is asked for twice.`);
    if (name === 'logprobs' && !hasLogprobs) {
      throw invalidRequest('Output "logprobs" needs the input "output_logprobs" to be 1 in some row.');
    }
  }
  const everything = known.filter((name) => name !== 'logprobs' || hasLogprobs).map((name) => ({ name }));
  const answered: NonNullable<typeof requested> = names.length > 0 ? requested : everything;
  return answered.map(({ name, parameters: own }) => ({
    name: name as OutputName,
    isBinary: own?.binary_data ?? parameters?.binary_data_output ?? false,
  }));
}
