import * as z from 'zod';
import type { EdgeClient } from '../../edge-client.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { UserError } from '../../user-error.ts';

const quotaSchema = z.object({ limit: z.number(), window_seconds: z.number() });

/** An integration as the admin API shows it. */
export const integrationSchema = z.object({
  id: z.string(),
  channel: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  webhook_url: z.string(),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ set_at: z.number(), old_valid_until: z.number().nullable() })),
  persona: z.array(z.string()),
  places: z.array(z.string()).nullable(),
  safety: z.boolean(),
  limits: z.record(z.string(), quotaSchema.nullable()),
  steps: z.array(z.string()),
  created_at: z.number(),
  revoked_at: z.number().nullable(),
});

/** With the secrets that the edge made, as they are shown once. */
export const newIntegrationSchema = integrationSchema.extend({
  generated_secrets: z.record(z.string(), z.string()),
});

export type Integration = z.infer<typeof integrationSchema>;

const verdictSchema = z.object({
  outcome: z.enum(['ok', 'failed', 'nothing_to_do']),
  detail: z.string().nullable(),
});

export type Verdict = z.infer<typeof verdictSchema>;

const channelSchema = z.object({
  name: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      secret: z.boolean(),
      required: z.boolean(),
      generated: z.boolean(),
      description: z.string(),
    }),
  ),
});

export type Channel = z.infer<typeof channelSchema>;
export type Field = Channel['fields'][number];

/** The path of one integration; whatever is not an integration's id is refused there. */
export function integrationPath(id: string): string {
  return `admin/v1/integrations/${encodeURIComponent(id)}`;
}

export async function listChannels(admin: EdgeClient): Promise<Channel[]> {
  const list = z.object({ data: z.array(channelSchema) });
  return (await admin.call(list, { method: 'GET', path: 'admin/v1/channels' })).data;
}

/** @throws {UserError} that names the channels there are */
export async function findChannel(admin: EdgeClient, name: string): Promise<Channel> {
  const channels = await listChannels(admin);
  const found = channels.find((channel) => channel.name === name);
  if (found !== undefined) return found;
  const names = channels.map((channel) => channel.name).join(', ');
  throw new UserError(`there is no channel "${plainLine(name)}": the edge has ${names}.`);
}

/** Has the edge ask the channel whether the secrets are right. */
export function checkConnection(admin: EdgeClient, id: string): Promise<Verdict> {
  return admin.call(verdictSchema, { path: `${integrationPath(id)}/check` });
}

/** Has the edge tell the channel where it is. */
export function register(admin: EdgeClient, id: string, webhookUrl: string): Promise<Verdict> {
  return admin.call(verdictSchema, {
    path: `${integrationPath(id)}/register`,
    body: { webhook_url: webhookUrl },
  });
}
