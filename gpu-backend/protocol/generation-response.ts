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
    outputs: request.outputs.map(({ name }) => buildOutput(name, generated, model.padToken)),
  };
}

function buildOutput(name: OutputName, generated: GeneratedRow[], padToken: number): Tensor {
  const { datatype } = GENERATION_OUTPUTS.find((output) => output.name === name)!;
  const perSequence = [generated.length, generated[0]!.sequences.length];
  const sequences = generated.flatMap((row) => row.sequences);
  switch (name) {
    case 'sequences':
      return { name, datatype, ...padTo(perSequence, sequences, padToken) };
    case 'logprobs': {
      // A row that did not ask has none; its places are filled as those behind an end are.
      const none = (row: GeneratedRow) => row.sequences.map((ids) => ids.map(() => 0));
      const logprobs = generated.flatMap((row) => row.logprobs ?? none(row));
      return { name, datatype, ...padTo(perSequence, logprobs, 0) };
    }
    case 'lengths':
      return { name, datatype, shape: perSequence, data: sequences.map((sequence) => sequence.length) };
    case 'scores':
      return { name, datatype, shape: perSequence, data: generated.flatMap((row) => row.scores) };
  }
}

function padTo(shape: number[], lists: number[][], filler: number): Pick<Tensor, 'shape' | 'data'> {
  const longest = Math.max(...lists.map((list) => list.length));
  const data = lists.flatMap((list) => [...list, ...new Array<number>(longest - list.length).fill(filler)]);
  return { shape: [...shape, longest], data };
}
