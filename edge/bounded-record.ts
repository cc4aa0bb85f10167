import * as z from 'zod';

interface Bounds<Key extends z.ZodString, Value extends z.ZodType> {
  key: Key;
  value: Value;
  most: number;
  /** What is said of more entries, and of a key that is none. */
  tooMany: string;
  wrongKey: string;
}

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
  return z.preprocess(
    (input, context) => {
      const keys = Object.keys(Object(input));
      if (keys.length > most) context.addIssue(tooMany);
      // Records would go without it, and nobody be told.
      else if (keys.includes('__proto__'))
        context.addIssue({ code: 'custom', path: ['__proto__'], message: wrongKey });
      else return input;
      return z.NEVER;
    },
    z.record(key, value, { error: ({ code }) => (code === 'invalid_key' ? wrongKey : undefined) }),
  );
}
