import type { z } from 'zod';
import { invalidRequest, quoted } from './backend-error.ts';

/** @throws {BackendError} invalid_request, with one sentence about the first thing that does not fit the schema */
export function parseForm<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body, { error: describe });
  if (parsed.success) return parsed.data;
  throw invalidRequest(sentence(parsed.error.issues[0]!));
}

/** What a schema that says nothing of its own says. */
function describe(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'unrecognized_keys' ? `Unknown field ${quoted(issue.keys[0]!)}` : undefined;
}

function sentence({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${place.replace(/^\./, '') || 'The body'}: ${message}.`;
}
