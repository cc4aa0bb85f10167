import { Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { EdgeClient } from '../../edge-client.ts';
import { note, printJson } from '../../terminal/output.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { formatTable } from '../../terminal/table.ts';
import { minuteOf } from '../../terminal/times.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { type SessionSummary, summarySchema } from './session.ts';

const pageSchema = z.object({ data: z.array(summarySchema), next: z.string().nullable() });
const MOST_AT_ONCE = 200;

interface ListOptions extends EdgeOptions {
  key?: string;
  search?: string;
  limit: number;
}

export function listCommand(): Command {
  const command = new Command('list')
    .description('show sessions by their last message, the newest first')
    .option('--key <id>', 'those that were made with this key, or by this integration')
    .option('--search <text>', 'those with this in their id, their key’s id or their metadata')
    .addOption(new Option('--limit <n>', 'how many at most').argParser(parseLimit).default(50));
  return withEdgeOptions(command, 'a list of sessions')
    .addHelpText(
      'after',
      `
A session is listed within a minute and a half of its last message; one whose whole id is searched for is found at once.
Beyond 5,000 sessions, each 5,000 are sorted by themselves.

Examples:
  tandem sessions list
  tandem sessions list --search user=7 --limit 10`,
    )
    .action(list);
}

async function list({ url, json, ...sought }: ListOptions): Promise<void> {
  const sessions = await findSessions(await adminClient(url), sought);
  if (json) printJson(sessions);
  else if (sessions.length === 0) note('There are no such sessions.');
  else
    console.log(
      formatTable(['ID', 'KEY', 'CREATED', 'LAST MESSAGE', 'MESSAGES', 'METADATA'], sessions.map(rowOf)),
    );
}

async function findSessions(
  admin: EdgeClient,
  { key, search, limit }: Omit<ListOptions, keyof EdgeOptions>,
): Promise<SessionSummary[]> {
  const sessions: SessionSummary[] = [];
  const query = new URLSearchParams({ ...(key && { key }), ...(search && { search }) });
  while (sessions.length < limit) {
    query.set('limit', String(Math.min(limit - sessions.length, MOST_AT_ONCE)));
    const page = await admin.call(pageSchema, { method: 'GET', path: `admin/v1/sessions?${query}` });
    sessions.push(...page.data);
    if (page.next === null) break;
    query.set('after', page.next);
  }
  return sessions;
}

function rowOf({ id, key_id, created_at, updated_at, message_count, metadata }: SessionSummary): string[] {
  const notes = Object.entries(metadata).map(([name, value]) => plainLine(`${name}=${value}`));
  return [
    id,
    key_id ?? '-',
    minuteOf(created_at),
    minuteOf(updated_at),
    String(message_count),
    notes.join(' ') || '-',
  ];
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number from 1 to 999999.');
}
