import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import { EdgeClient, edgeAddress, isThisMachine } from '../../edge-client.ts';
import { TANDEM_HOME } from '../../paths.ts';
import { UserError } from '../../user-error.ts';

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

export interface EdgeOptions {
  url?: string;
  json: boolean;
}

/** @throws {UserError} where there is no admin token */
export async function adminClient(url: string | undefined): Promise<EdgeClient> {
  const edge = edgeAddress(url);
  const token = process.env['ADMIN_TOKEN'] || (isThisMachine(edge) ? await localAdminToken() : undefined);
  if (token !== undefined) return new EdgeClient(edge, token);
  throw new UserError(
    isThisMachine(edge)
      ? 'there is no admin token: start an edge with "npm start", or give its token in the variable ADMIN_TOKEN.'
      : `give the admin token of ${edge.origin} in the variable ADMIN_TOKEN.`,
  );
}

/** The path of one key; whatever is not a key's id is refused there. */
export function keyPath(id: string): string {
  return `admin/v1/keys/${encodeURIComponent(id)}`;
}

/** What `tandem up` gave to the edge that it started last. */
async function localAdminToken(): Promise<string | undefined> {
  const variables = await readFile(join(TANDEM_HOME, 'edge.env'), 'utf8').catch(() => '');
  return parseEnv(variables)['ADMIN_TOKEN'];
}
