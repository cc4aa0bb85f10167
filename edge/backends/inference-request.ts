import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import {
  PARAMETER_INPUT_NAMES,
  PARAMETER_INPUTS,
  padRows,
  parameterToNumber,
} from '../../shared/generation-tensors.ts';
import type { InferenceRequest, Tensor } from '../../shared/inference-protocol.ts';

export interface GenerationBatch {
  /** Rows of token ids, with their end tokens and without padding. */
  rows: number[][];
  /** The same for all rows. */
  parameters: GenerationParameters;
}

/** A batch as the protocol's tensors. */
export function buildInferenceRequest(
  { rows, parameters }: GenerationBatch,
  options: { padToken: number; requestId: string; timeoutMs: number },
): InferenceRequest {
  const padded = padRows(rows, options.padToken);
  const parameterTensors = PARAMETER_INPUT_NAMES.map((name): Tensor => {
    const value = parameterToNumber(parameters, name);
    return { name, datatype: PARAMETER_INPUTS[name], shape: [rows.length], data: rows.map(() => value) };
  });
  return {
    id: options.requestId,
    parameters: { timeout: options.timeoutMs * 1_000 },
    inputs: [
      { name: 'input_ids', datatype: 'INT64', shape: padded.shape, data: padded.inputIds },
      { name: 'attention_mask', datatype: 'INT64', shape: padded.shape, data: padded.attentionMask },
      ...parameterTensors,
    ],
  };
}
