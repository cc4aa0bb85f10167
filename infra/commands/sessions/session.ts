import * as z from 'zod';

/** A session as the admin API lists it. */
export const summarySchema = z.object({
  id: z.string(),
  key_id: z.string().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
  expires_at: z.number(),
  message_count: z.number(),
  metadata: z.record(z.string(), z.string()),
});

/** As it shows one. */
export const sessionSchema = z.looseObject({
  id: z.string(),
  key_id: z.string().nullable(),
  persona: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  messages: z.array(
    z.looseObject({ role: z.enum(['user', 'assistant']), content: z.string(), created_at: z.number() }),
  ),
  created_at: z.number(),
  expires_at: z.number(),
});

export type SessionSummary = z.infer<typeof summarySchema>;
export type Session = z.infer<typeof sessionSchema>;

/** The path of one session; whatever is not a session's id is refused there. */
export function sessionPath(id: string): string {
  return `admin/v1/sessions/${encodeURIComponent(id)}`;
}
