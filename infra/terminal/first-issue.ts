import type * as z from 'zod';

/** What is wrong first, and where: "input_ids.0: a row needs at least one token". */
export function firstIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
