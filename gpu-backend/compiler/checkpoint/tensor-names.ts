import { CheckpointError } from './checkpoint-error.ts';
import type { TensorSource } from './tensor-source.ts';

/** A tensor that no file holds. */
export interface Constant {
  shape: number[];
  values: () => Float32Array;
}

/**
 * The tensors of `source` under other names.
 * @param nameOf the new name of a stored tensor; `undefined` leaves the tensor out
 * @throws {CheckpointError} where two tensors would get the same name
 */
export function renameTensors(
  source: TensorSource,
  nameOf: (stored: string) => string | undefined,
): TensorSource {
  const storedName = new Map<string, string>();
  for (const stored of source.tensors.keys()) {
    const name = nameOf(stored);
    if (name === undefined) continue;
    const earlier = storedName.get(name);
    if (earlier !== undefined)
      throw new CheckpointError(source.description, `tensors ${earlier} and ${stored} are both ${name}`);
    storedName.set(name, stored);
  }
  return {
    ...source,
    tensors: new Map([...storedName].map(([name, stored]) => [name, source.tensors.get(stored)!])),
    read: (name) => source.read(storedName.get(name)!),
  };
}

/** The tensors of `source`, and `constants` where it has none of that name. */
export function withConstants(source: TensorSource, constants: Record<string, Constant>): TensorSource {
  const added = new Map(Object.entries(constants).filter(([name]) => !source.tensors.has(name)));
  const infos = [...added].map(([name, { shape }]) => [name, { type: 'F32', shape }] as const);
  return {
    ...source,
    tensors: new Map([...source.tensors, ...infos]),
    read: async (name) => added.get(name)?.values() ?? source.read(name),
  };
}

export const SHARED_EMBEDDING = 'model.shared.weight';
export const FINAL_BIAS = 'final_logits_bias';

// One matrix under four names; a file holds all of them or only some.
const TIED_EMBEDDINGS = [
  SHARED_EMBEDDING,
  'model.encoder.embed_tokens.weight',
  'model.decoder.embed_tokens.weight',
  'lm_head.weight',
];

/**
 * The tensors by transformers' names for a BlenderBot with its head: with "model." in front where the file was saved
 * without the head, the embedding under its own name whichever of its copies is there, and no bias on the logits where
 * the file has none.
 */
export function byTransformersNames(source: TensorSource): TensorSource {
  const named = renameTensors(source, (stored) =>
    /^(shared|encoder|decoder)\./.test(stored) ? `model.${stored}` : stored,
  );
  const embedding = TIED_EMBEDDINGS.find((name) => named.tensors.has(name));
  const copies = TIED_EMBEDDINGS.filter((name) => name !== embedding);
  const tied = renameTensors(named, (name) => {
    if (name === embedding) return SHARED_EMBEDDING;
    return copies.includes(name) ? undefined : name;
  });
  const vocabulary = tied.tensors.get(SHARED_EMBEDDING)?.shape[0];
  if (vocabulary === undefined) return tied;
  return withConstants(tied, {
    [FINAL_BIAS]: { shape: [1, vocabulary], values: () => new Float32Array(vocabulary) },
  });
}
