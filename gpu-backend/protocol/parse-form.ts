import type { z } from 'zod';
import { invalidRequest, quoted } from './backend-error.ts';

/** @throws {BackendError} invalid_request, with one sentence about the first thing that does not fit the schema */
export function parseForm<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidRequest(sentence(parsed.error.issues[0]!));
}

function sentence(issue: z.core.$ZodIssue): string {
  const place = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const message =
    issue.code === 'unrecognized_keys' ? `Unknown field ${quoted(issue.keys[0]!)}` : issue.message;
  return `${place.replace(/^\./, '') || 'The body'}: ${message}.`;
}
