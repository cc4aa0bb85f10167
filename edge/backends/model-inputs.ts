import * as z from 'zod';
import { GENERATION_INPUTS, LIST_INPUTS, type ParameterInput } from '../../shared/generation-tensors.ts';
import type { Tensor } from '../../shared/inference-protocol.ts';
import { BackendFailure } from './backend-failure.ts';

/**
 * What a served model takes, by its metadata: another version's graph may know fewer tensors, or the parameters as [batch].
 * docs/releasing.md says how far versions may be apart.
 */
const metadataSchema = z.object({
  inputs: z
    .array(
      z.object({
        name: z.string(),
        datatype: z.string(),
        // Triton writes sizes as texts in some versions.
        shape: z.array(z.coerce.number()).max(8),
      }),
    )
    .max(100),
});

export type ModelInput = z.infer<typeof metadataSchema>['inputs'][number];

/** A model's inputs; null where that is no model's metadata. */
export function readModelInputs(metadata: unknown): ModelInput[] | null {
  return metadataSchema.safeParse(metadata).data?.inputs ?? null;
}

/** A graph without one of these inputs answers as one that is given this number. */
const WITHOUT_EFFECT: Partial<Record<ParameterInput, number>> = {
  num_return_sequences: 1,
  do_sample: 0,
  beam_delay: 0,
  temperature: 1,
  top_k: 0,
  top_p: 1,
  min_p: 0,
  output_logprobs: 0,
};

/** Why no request of this edge fits a model; undefined where they do, or those that need nothing which the model lacks. */
export function whyUnfit(inputs: readonly ModelInput[]): string | undefined {
  for (const { name, datatype, shape } of GENERATION_INPUTS) {
    const theirs = find(inputs, name);
    if (theirs === undefined && isNeeded(name)) return `has no input "${name}"`;
    if (theirs === undefined) continue;
    const fits = theirs.shape.length === shape.length || (isColumn(shape) && theirs.shape.length === 1);
    if (theirs.datatype !== datatype || !fits)
      return `has the input "${name}" as ${theirs.datatype} [${theirs.shape}], not ${datatype} [${shape}]`;
  }
  return undefined;
}

/**
 * A request's tensors as a model takes them: parameters as [batch] where it has them so, and none that it does not know and that
 * change nothing.
 * @throws {BackendFailure} misconfigured for a model that none fits; outdated where the request needs what the model lacks
 */
export function fitTensors(tensors: Tensor[], inputs: readonly ModelInput[]): Tensor[] {
  const unfit = whyUnfit(inputs);
  if (unfit !== undefined) throw new BackendFailure('misconfigured', `Its model ${unfit}.`);
  return tensors.flatMap((tensor) => {
    const theirs = find(inputs, tensor.name);
    if (theirs === undefined) {
      if (hasNoEffect(tensor)) return [];
      throw new BackendFailure('outdated', `Its model has no input "${tensor.name}".`);
    }
    return [{ ...tensor, shape: tensor.shape.slice(0, theirs.shape.length) }];
  });
}

const find = (inputs: readonly ModelInput[], name: string) => inputs.find((input) => input.name === name);

const isColumn = (shape: readonly number[]) => shape.length === 2 && shape[1] === 1;

function isNeeded(name: string): boolean {
  return !(name in WITHOUT_EFFECT || name in LIST_INPUTS);
}

function hasNoEffect({ name, data }: Tensor): boolean {
  const neutral = WITHOUT_EFFECT[name as ParameterInput];
  return neutral === undefined ? data.length === 0 : data.every((value) => value === neutral);
}
