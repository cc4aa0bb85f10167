import { Command } from 'commander';
import * as z from 'zod';
import type { EdgeClient } from '../../edge-client.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { formatTable } from '../../terminal/table.ts';
import { note, printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { describeLimits } from '../keys/choices.ts';
import { dayOf } from '../../terminal/times.ts';
import { type Integration, integrationSchema } from './admin.ts';

const pageSchema = z.object({ data: z.array(integrationSchema), next: z.string().nullable() });

export function listCommand(): Command {
  const command = new Command('list').description(
    'show all integrations, and for a month those that were removed',
  );
  return withEdgeOptions(command, 'a list of integrations')
    .addHelpText(
      'after',
      `
One that was made or changed elsewhere may take a minute to be seen here.

Example:
  tandem integrations list`,
    )
    .action(list);
}

async function list({ url, json }: EdgeOptions): Promise<void> {
  const all = await allIntegrations(await adminClient(url));
  all.sort((a, b) => a.created_at - b.created_at);
  if (json) printJson(all);
  else if (all.length === 0)
    note('There are no integrations yet: "tandem integrations add --help" shows how to make one.');
  else console.log(formatTable(['ID', 'CHANNEL', 'NAME', 'CREATED', 'STATE', 'LIMITS'], all.map(rowOf)));
}

async function allIntegrations(admin: EdgeClient): Promise<Integration[]> {
  const all: Integration[] = [];
  let query = '';
  for (;;) {
    const page = await admin.call(pageSchema, { method: 'GET', path: `admin/v1/integrations${query}` });
    all.push(...page.data);
    if (page.next === null) return all;
    query = `?after=${encodeURIComponent(page.next)}`;
  }
}

function rowOf(integration: Integration): string[] {
  const { id, channel, name, created_at } = integration;
  return [
    ...[id, channel, plainLine(name) || '-', dayOf(created_at), stateOf(integration)],
    describeLimits(integration),
  ];
}

function stateOf({ enabled, revoked_at }: Integration): string {
  if (revoked_at !== null) return `removed ${dayOf(revoked_at)}`;
  return enabled ? 'on' : 'off';
}
