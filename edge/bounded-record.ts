import * as z from 'zod';

interface Bounds<Key extends z.ZodString, Value extends z.ZodType> {
  key: Key;
  value: Value;
  most: number;
  /** What is said of more entries, and of a key that is none. */
  tooMany: string;
  wrongKey: string;
}

/** So much of a wrong key is told: it may be as long as a body. */
const TOLD_CHARS = 100;

/**
 * A JSON object of like entries. They are counted before each is looked at: a body has room for twenty thousand wrong ones, and each
 * would cost an issue.
 */
export function boundedRecord<Key extends z.ZodString, Value extends z.ZodType>({
  key,
  value,
  most,
  tooMany,
  wrongKey,
}: Bounds<Key, Value>) {
  // A record would go without "__proto__", and nobody be told.
  const isWrong = (name: string) => name === '__proto__' || !key.safeParse(name).success;

  return z.preprocess(
    (input, context) => {
      const names = Object.keys(Object(input));
      const wrong = names.length > most ? undefined : names.find(isWrong);
      if (names.length > most) context.addIssue(tooMany);
      else if (wrong !== undefined)
        context.addIssue({ code: 'custom', path: [wrong.slice(0, TOLD_CHARS)], message: wrongKey });
      else return input;
      return z.NEVER;
    },
    z.record(key, value),
  );
}
