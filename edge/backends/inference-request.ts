import { batchTensors } from '../../shared/generation-batch.ts';
import type { GenerationParameters } from '../../shared/generation-parameters.ts';
import type { InferenceRequest } from '../../shared/inference-protocol.ts';
import { uniformNumbers } from '../../shared/uniform-numbers.ts';

export interface GenerationBatch {
  /** Rows of token ids, with their end tokens and without padding. */
  rows: number[][];
  /** The same for all rows. */
  parameters: GenerationParameters;
}

/** A batch as the protocol's tensors. */
export function buildInferenceRequest(
  { rows, parameters }: GenerationBatch,
  options: { padToken: number; requestId: string; tenant: string | null; timeoutMs: number },
): InferenceRequest {
  const { tenant } = options;
  const complete = rows.map((inputIds) => ({ inputIds, parameters, uniforms: uniformNumbers(parameters) }));
  return {
    id: options.requestId,
    parameters: { timeout: options.timeoutMs * 1_000, ...(tenant !== null && { tenant }) },
    inputs: batchTensors(complete, options.padToken),
  };
}
