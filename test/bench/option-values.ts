import { InvalidArgumentError } from 'commander';

/** What options of the benches are read with. */

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}

export function counts(text: string): number[] {
  return text.split(',').map(count);
}

export function listOf<T extends string>(known: readonly T[]) {
  return (text: string): T[] =>
    text.split(',').map((name) => {
      if (!(known as readonly string[]).includes(name))
        throw new InvalidArgumentError(`Known: ${known.join(', ')}.`);
      return name as T;
    });
}
