import * as z from 'zod';

const quotaSchema = z.object({ limit: z.number(), window_seconds: z.number() });

/** A key as the admin API shows it. */
export const keySchema = z.object({
  id: z.string(),
  kind: z.enum(['secret', 'publishable']),
  name: z.string(),
  safety: z.boolean(),
  origins: z.array(z.string()),
  limits: z.record(z.string(), quotaSchema.nullable()),
  created_at: z.number(),
  revoked_at: z.number().nullable(),
  old_key_valid_until: z.number().nullable(),
});

/** With the key itself, as it is shown once. */
export const newKeySchema = keySchema.extend({ key: z.string() });

export type Key = z.infer<typeof keySchema>;

/** The path of one key; whatever is not a key's id is refused there. */
export function keyPath(id: string): string {
  return `admin/v1/keys/${encodeURIComponent(id)}`;
}
