import { InvalidArgumentError } from 'commander';
import { UserError } from '../user-error.ts';
import type { CompiledModel } from './compiled-model.ts';

/** A second model beside the one that is served, on this machine. */
export interface LocalCandidate {
  model: CompiledModel;
  /** That it is served under. */
  name: string;
  /** Of the new sessions, 0 to 1. */
  share: number;
}

/**
 * A compiled model as a candidate beside another. Two builds of one checkpoint have one name: the second is then named by
 * its precision too.
 * @throws {UserError} where it is the same build, or the edge could not speak to both
 */
export function localCandidate(
  model: CompiledModel,
  { beside, share }: { beside: CompiledModel; share: number },
): LocalCandidate {
  const [its, served] = [model.manifest, beside.manifest];
  if (model.directory === beside.directory)
    throw new UserError(
      '--candidate is the model that is served: name another, or another precision (--candidate-precision).',
    );
  const name = its.name === served.name ? `${its.name}-${its.precision}` : its.name;
  const differs =
    its.maxPositions !== served.maxPositions
      ? `reads ${its.maxPositions} tokens, ${served.name} ${served.maxPositions}`
      : its.files['tokenizer.json']?.sha256 !== served.files['tokenizer.json']?.sha256
        ? `has another tokenizer than ${served.name}`
        : null;
  if (differs === null) return { model, name, share };
  throw new UserError(`${name} ${differs}: the edge has one tokenizer and one length for both.`);
}

/** @throws {InvalidArgumentError} */
export function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('It is a part of the new sessions, from 0 to 1: 0.2.');
}
