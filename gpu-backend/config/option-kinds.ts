import { ConfigError } from './config-error.ts';

/** One option. It can be set by a variable of the environment and, unless it is a secret, by a flag. */
export interface Option<T> {
  variable: string;
  /** What holds where it is not set, as `--help` shows it. */
  fallback: string;
  /** What it does, and how to choose it. */
  about: string;
  /** A secret has no flag, since every user of a machine can read command lines; it has a `…_FILE` instead. */
  isSecret?: boolean;
  /** The flag's name, where it is not the variable's in lower case with dashes. */
  flag?: string;
  /** Whether its flag may come more than once; the variable's values are then separated by commas. */
  isRepeated?: boolean;
  /** @throws {ConfigError} */
  read(given: string | undefined): T;
}

export function text(
  variable: string,
  { fallback, about }: { fallback: string; about: string },
): Option<string> {
  return { variable, fallback, about, read: (given) => given || fallback };
}

export function optional(variable: string, about: string): Option<string | undefined> {
  return { variable, fallback: 'none', about, read: (given) => given || undefined };
}

export function oneOf<const T extends string>(
  variable: string,
  { choices, fallback, about }: { choices: readonly T[]; fallback: NoInfer<T>; about: string },
): Option<T> {
  return {
    variable,
    fallback,
    about,
    read(given) {
      const choice = choices.find((name) => name === (given || fallback));
      if (choice !== undefined) return choice;
      throw new ConfigError(
        `${variable} must be one of ${choices.join(', ')}, not ${JSON.stringify(given)}.`,
      );
    },
  };
}

export function secret(variable: string, about: string): Option<string | undefined> {
  return {
    variable,
    fallback: 'none',
    about,
    isSecret: true,
    read(given) {
      // An empty secret is a mistake in a deployment, not a wish to be open to everyone. The value is never shown.
      if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
        throw new ConfigError(
          `${variable} must be printable ASCII without spaces, and not empty; unset it for none.`,
        );
      }
      return given;
    },
  };
}

interface Bounds {
  min: number;
  max: number;
  about: string;
}

export function integer(
  variable: string,
  { fallback, ...bounds }: Bounds & { fallback: number },
): Option<number> {
  const read = (given: string | undefined) => (given ? readInteger(variable, given, bounds) : fallback);
  return { variable, fallback: String(fallback), about: bounds.about, read };
}

export function optionalInteger(variable: string, bounds: Bounds): Option<number | undefined> {
  const read = (given: string | undefined) => (given ? readInteger(variable, given, bounds) : undefined);
  return { variable, fallback: 'none', about: bounds.about, read };
}

/** Whole numbers, separated by commas; none where it is not set. */
export function integerList(variable: string, bounds: Bounds): Option<number[]> {
  const read = (given: string | undefined) =>
    given ? given.split(',').map((number) => readInteger(variable, number, bounds)) : [];
  return { variable, fallback: 'none', about: bounds.about, read };
}

function readInteger(variable: string, given: string, { min, max }: Bounds): number {
  const value = /^\d{1,15}$/.test(given.trim()) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ConfigError(
    `${variable} must be a whole number from ${min} to ${max}, not ${JSON.stringify(given)}.`,
  );
}
