import { Command } from 'commander';
import * as z from 'zod';
import type { EdgeClient } from '../../edge-client.ts';
import { note, printJson } from '../../terminal/output.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { formatTable } from '../../terminal/table.ts';
import { dayOf } from '../../terminal/times.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { type Key, keySchema } from './key.ts';
import { describeLimits } from './choices.ts';

const pageSchema = z.object({ data: z.array(keySchema), next: z.string().nullable() });

export function listCommand(): Command {
  const command = new Command('list').description('show all keys, and for a month those that were revoked');
  return withEdgeOptions(command, 'a list of keys')
    .addHelpText(
      'after',
      `
A key that was made or changed elsewhere may take a minute to be seen here.

Examples:
  tandem keys list
  tandem keys list --url https://chat.example.com --json`,
    )
    .action(list);
}

async function list({ url, json }: EdgeOptions): Promise<void> {
  const keys = await allKeys(await adminClient(url));
  keys.sort((a, b) => a.created_at - b.created_at);
  if (json) printJson(keys);
  else if (keys.length === 0)
    note('There are no keys yet: "tandem keys create --help" shows how to make one.');
  else
    console.log(
      formatTable(['ID', 'KIND', 'NAME', 'CREATED', 'REVOKED', 'LIMITS', 'ORIGINS'], keys.map(rowOf)),
    );
}

async function allKeys(admin: EdgeClient): Promise<Key[]> {
  const keys: Key[] = [];
  let query = '';
  for (;;) {
    const page = await admin.call(pageSchema, { method: 'GET', path: `admin/v1/keys${query}` });
    keys.push(...page.data);
    if (page.next === null) return keys;
    query = `?after=${encodeURIComponent(page.next)}`;
  }
}

function rowOf(key: Key): string[] {
  const { id, kind, name, created_at, revoked_at, origins } = key;
  return [
    id,
    kind,
    plainLine(name) || '-',
    dayOf(created_at),
    revoked_at === null ? '-' : dayOf(revoked_at),
    describeLimits(key),
    origins.map(plainLine).join(' ') || '-',
  ];
}
