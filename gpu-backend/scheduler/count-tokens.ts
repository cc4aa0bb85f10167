import type { GeneratedRow } from '../runtime/generation-session.ts';

/** Tokens of each row's best sequence, end tokens included. */
export function countTokens(generated: readonly GeneratedRow[]): number {
  return generated.reduce((sum, { sequences }) => sum + sequences[0]!.length, 0);
}

/** As many steps the decoder has taken, or hardly more: beams that were given up are not told of. */
export function longestSequence(generated: readonly GeneratedRow[]): number {
  return Math.max(1, ...generated.flatMap(({ sequences }) => sequences.map(({ length }) => length)));
}
