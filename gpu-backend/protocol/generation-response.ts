import { GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import type { InferenceResponse, Tensor } from '../../shared/inference-protocol.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import type { GenerationRequest, OutputName } from './generation-request.ts';

export interface AnsweringModel {
  name: string;
  version: string;
  padToken: number;
}

/** @param generated one entry a row of the request, all with the same number of sequences */
export function buildInferenceResponse(
  request: Pick<GenerationRequest, 'id' | 'outputs'>,
  generated: GeneratedRow[],
  model: AnsweringModel,
): InferenceResponse {
  return {
    ...(request.id !== undefined && { id: request.id }),
    model_name: model.name,
    model_version: model.version,
    outputs: request.outputs.map((name) => buildOutput(name, generated, model.padToken)),
  };
}

function buildOutput(name: OutputName, generated: GeneratedRow[], padToken: number): Tensor {
  const { datatype } = GENERATION_OUTPUTS.find((output) => output.name === name)!;
  const perBeam = [generated.length, generated[0]!.sequences.length];
  const sequences = generated.flatMap((row) => row.sequences);
  switch (name) {
    case 'sequences': {
      const longest = Math.max(...sequences.map((sequence) => sequence.length));
      const data = sequences.flatMap((ids) => [
        ...ids,
        ...new Array<number>(longest - ids.length).fill(padToken),
      ]);
      return { name, datatype, shape: [...perBeam, longest], data };
    }
    case 'lengths':
      return { name, datatype, shape: perBeam, data: sequences.map((sequence) => sequence.length) };
    case 'scores':
      return { name, datatype, shape: perBeam, data: generated.flatMap((row) => row.scores) };
  }
}
