import type * as z from 'zod';
import { UserError } from './user-error.ts';

/**
 * What somebody wrote, as its schema has it.
 * @throws {UserError} with one sentence about what is wrong first, and where: "input_ids.0: a row needs at least one token"
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value, { error: sentence });
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new UserError(path.length === 0 ? message : `${path.join('.')}: ${message}`);
}

/** What a schema that says nothing of its own says; zod's own words speak of its types. */
function sentence(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'it is missing' : `it has to be ${article(issue.expected)}`;
    case 'invalid_value':
      return `${JSON.stringify(issue.input)} is none of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `there is no field ${JSON.stringify(issue.keys[0])}`;
    case 'too_small':
      return `it has to be at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `it has to be at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    default:
      return undefined;
  }
}

const UNITS: Record<string, string> = { string: ' characters long', array: ' elements long' };

function article(type: string): string {
  const name = type === 'int' ? 'integer' : type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
